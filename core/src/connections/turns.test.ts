import { expect, test } from 'vitest'
import { shareTurns } from './turns.ts'

/** Notes who begins, in order; `end` gives the turn of the first one back. */
function bench(limits: Partial<Parameters<typeof shareTurns>[0]>) {
  const queue = shareTurns({ total: 2, each: 2, waiting: 10, waitMs: 60_000, ...limits })
  const begun: string[] = []
  const leaves: (() => void)[] = []
  const enter = (owner: string, signal?: AbortSignal) =>
    queue.enter(owner, signal).then((leave) => {
      begun.push(owner)
      leaves.push(leave)
    })
  const end = async () => {
    leaves.shift()?.()
    await new Promise(setImmediate)
  }
  return { enter, end, begun }
}

test('one of each owner is served in turn, however many more one of them has sent', async () => {
  const { enter, end, begun } = bench({})
  for (const owner of 'aaaaaa') void enter(owner)
  void enter('b')
  void enter('c')
  void enter('b')
  for (let turn = 0; turn < 8; turn++) await end()
  expect(begun.join('')).toBe('aaabcabaa'.slice(0, begun.length))
  expect(begun).toHaveLength(9)
})

test('nobody has more turns at once than they may, and what they leave is for others', async () => {
  const { enter, begun } = bench({ total: 3, each: 2 })
  for (const owner of 'aaaa') void enter(owner)
  await enter('b')
  expect(begun).toEqual(['a', 'a', 'b'])
})

test('whoever sends more than can wait is refused, and nobody else', async () => {
  const { enter, begun } = bench({ total: 2, each: 1, waiting: 1 })
  void enter('a')
  void enter('a')
  await expect(enter('a')).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 5 })
  await enter('b')
  expect(begun).toEqual(['a', 'b'])
})

test('after too long a wait it is 429 to whose own work it is, and 503 to those who wait for others', async () => {
  const { enter } = bench({ total: 2, each: 2, waitMs: 20 })
  await Promise.all([enter('a'), enter('a')])
  const [own, others] = await Promise.allSettled([enter('a'), enter('b')])
  expect(own).toMatchObject({ status: 'rejected', reason: { code: 'rate_limited' } })
  expect(others).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } })
})

test('whoever has gone does not wait, and takes no turn', async () => {
  const { enter, end, begun } = bench({ total: 1, each: 1 })
  await enter('a')
  const client = new AbortController()
  const gone = enter('b', client.signal)
  void enter('c')
  client.abort()
  await expect(gone).rejects.toMatchObject({ code: 'unavailable' })
  await expect(enter('d', client.signal)).rejects.toMatchObject({ code: 'unavailable' })
  await end()
  expect(begun).toEqual(['a', 'c'])
})
