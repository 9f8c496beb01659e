import { expect, test } from 'vitest'
import { fairQueue } from './fair-queue.ts'

const anybody = () => true

/** Takes what is next, as often as there is something. */
function order(queue: ReturnType<typeof fairQueue<string>>, costMs: (item: string) => number): string[] {
  const taken: string[] = []
  for (let account = queue.next(anybody); account !== undefined; account = queue.next(anybody)) {
    const item = queue.take(account)
    if (item === undefined) break
    taken.push(item)
    queue.charge(account, costMs(item))
  }
  return taken
}

test('a second account does not wait for the hundred things of a first one', () => {
  const queue = fairQueue<string>(() => 0)
  for (let i = 0; i < 100; i++) queue.add('greedy', `greedy ${i}`)
  queue.add('modest', 'modest')
  expect(order(queue, () => 10).indexOf('modest')).toBe(1)
  expect(queue.size).toBe(0)
})

test('who has used much lately comes after those who have not, until it is forgotten', () => {
  let now = 0
  const queue = fairQueue<string>(() => now)
  queue.charge('greedy', 8_000)
  for (const item of ['greedy 1', 'greedy 2']) queue.add('greedy', item)
  for (const item of ['modest 1', 'modest 2']) queue.add('modest', item)
  expect(order(queue, () => 10)).toEqual(['modest 1', 'modest 2', 'greedy 1', 'greedy 2'])
  expect(queue.used('greedy')).toBeCloseTo(8_020, 0)
  now += 30_000
  expect(queue.used('greedy')).toBeCloseTo(4_010, 0)
})

test('accounts that have something under way are passed over', () => {
  const queue = fairQueue<string>(() => 0)
  queue.add('one', 'a')
  queue.add('other', 'b')
  expect(queue.next((account) => account !== 'one')).toBe('other')
  expect(queue.next(() => false)).toBeUndefined()
})

test('what is dropped is the latest of the longest line; what is taken out is gone', () => {
  const queue = fairQueue<string>(() => 0)
  for (const item of ['a', 'b', 'c']) queue.add('long', item)
  queue.add('short', 'd')
  expect(queue.dropLatest()).toBe('c')
  expect(queue.remove('long', 'a')).toBe(true)
  expect(queue.remove('long', 'a')).toBe(false)
  expect([queue.size, queue.waiting('long'), queue.othersWait('long'), queue.othersWait('none')]).toEqual([
    2,
    1,
    true,
    true,
  ])
  expect(order(queue, () => 1)).toEqual(['b', 'd'])
  expect(queue.othersWait('long')).toBe(false)
})
