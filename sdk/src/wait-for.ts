import { WaitError } from './errors.ts'
import type { Sleep } from './sleep.ts'

export interface WaitOptions {
  /** Milliseconds to wait in all; ten minutes unless said. */
  timeout?: number
  /** Milliseconds before the first look again, a tenth of a second unless said; grows up to two seconds. */
  interval?: number
  signal?: AbortSignal
}

/** Reads something again and again until it is done. `WaitError` when it takes too long; the work itself goes on. */
export async function waitFor<T extends { status: string }>(
  read: (options: { signal?: AbortSignal }) => Promise<T>,
  done: (value: T) => boolean,
  { sleep, now }: { sleep: Sleep; now: () => number },
  { timeout = 600_000, interval = 100, signal }: WaitOptions = {},
): Promise<T> {
  const deadline = now() + timeout
  for (let pause = interval; ; pause = Math.min(pause * 1.5, 2000)) {
    const value = await read({ signal })
    if (done(value)) return value
    const left = deadline - now()
    if (left <= 0) throw new WaitError(`Still ${value.status} after ${timeout} ms`)
    // a last look when the time is up
    await sleep(Math.min(pause, left), signal)
  }
}
