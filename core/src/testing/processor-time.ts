import { readFileSync } from 'node:fs'

/**
 * Milliseconds for which this thread has had the processor. A test that bounds the cost of some work counts these and not those of
 * a clock: they stay the same on a machine that is busy with others. Where the system does not tell (it is Linux that does),
 * those of a clock.
 */
export function threadMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6
  } catch {
    return performance.now()
  }
}

/** What some work costs that is done at once. */
export function costOf(work: () => unknown): number {
  const start = threadMs()
  work()
  return threadMs() - start
}

/** Runs it, and says for how long the event loop was held up at worst by this thread's own work. */
export async function longestBlock(run: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = threadMs()
  const tick = () => {
    const next = threadMs()
    longest = Math.max(longest, next - last)
    last = next
  }
  const timer = setInterval(tick, 5)
  try {
    await run()
  } finally {
    clearInterval(timer)
    tick()
  }
  return longest
}
