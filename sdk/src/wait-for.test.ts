import { expect, test } from 'vitest'
import { WaitError } from './errors.ts'
import { waitFor } from './wait-for.ts'

/** Time that passes only by waiting. */
function time() {
  let now = 0
  const pauses: number[] = []
  return {
    pauses,
    now: () => now,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      signal?.throwIfAborted()
      pauses.push(Math.round(milliseconds))
      now += milliseconds
    },
  }
}

const done = ({ status }: { status: string }) => status === 'completed'

test('it looks until the work is done, ever less often', async () => {
  const clock = time()
  let looks = 0
  const read = async () => ({ status: ++looks === 12 ? 'completed' : 'running', looks })
  await expect(waitFor(read, done, clock)).resolves.toEqual({ status: 'completed', looks: 12 })
  expect(clock.pauses).toEqual([100, 150, 225, 338, 506, 759, 1139, 1709, 2000, 2000, 2000])
})

test('work that is done already is not waited for', async () => {
  const clock = time()
  await waitFor(async () => ({ status: 'completed' }), done, clock)
  expect(clock.pauses).toEqual([])
})

test('it gives up when the time is over, after a last look', async () => {
  const clock = time()
  let looks = 0
  const read = async () => {
    looks++
    return { status: 'running' }
  }
  const waiting = waitFor(read, done, clock, { timeout: 300 })
  await expect(waiting).rejects.toBeInstanceOf(WaitError)
  await expect(waiting).rejects.toThrow('Still running after 300 ms')
  expect([clock.pauses, looks]).toEqual([[100, 150, 50], 4])
})

test('the signal ends it, and goes along with each look', async () => {
  const clock = time()
  const controller = new AbortController()
  const read = async ({ signal }: { signal?: AbortSignal }) => {
    expect(signal).toBe(controller.signal)
    controller.abort(new Error('enough'))
    return { status: 'running' }
  }
  await expect(waitFor(read, done, clock, { signal: controller.signal })).rejects.toThrow('enough')
})

test('a failed look fails the wait', async () => {
  await expect(waitFor(() => Promise.reject(new Error('gone')), done, time())).rejects.toThrow('gone')
})
