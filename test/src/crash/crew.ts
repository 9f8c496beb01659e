import { onTestFinished } from 'vitest'
import type { TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'
import { environmentOf, type PlatformProcess, spawnWorker } from '../support/worker-process.ts'

/** Worker processes on a platform's data; those that are left end with the test. */
export interface Crew {
  start(count?: number): PlatformProcess[]
  /** `kill -9` to all of them; then their leases and claims end, and what the queue had in its hands counts as lost. */
  kill(): Promise<void>
  /** All that they have written. */
  output(): string
}

export function crewOf(platform: TestPlatform): Crew {
  const all: PlatformProcess[] = []
  let alive: PlatformProcess[] = []
  const end = async () => {
    for (const { child } of alive) child.kill('SIGKILL')
    await Promise.all(alive.map(({ exited }) => exited))
    alive = []
  }
  onTestFinished(end)
  return {
    start(count = 1) {
      const started = Array.from({ length: count }, () => spawnWorker(environmentOf(platform)))
      alive.push(...started)
      all.push(...started)
      return started
    },
    async kill() {
      await end()
      await endLeases(platform)
    },
    output: () => all.map((worker) => worker.output()).join(''),
  }
}

/** As if a minute had gone by, in which no worker gave a sign of life. */
export async function endLeases({ direct }: TestPlatform): Promise<void> {
  await direct.query(`
    update message set claimed_until = now() where state in ('queued', 'deferred') and claimed_until > now()`)
  await direct.query(`
    update outbox
    set lease_until = least(lease_until, now()), armed_at = armed_at - interval '1 minute'
    where lease_until is not null or armed_at is not null`)
}

/** As if the time had come for which jobs wait, in the outbox or in a queue; those that run or that failed are left alone. */
async function endPauses({ direct }: TestPlatform): Promise<void> {
  await direct.query(`
    update outbox
    set run_at = case when lease_until is null then now() else run_at end, armed_at = armed_at - interval '1 minute'
    where armed_at is not null or (lease_until is null and run_at > now())`)
}

/** Waits for workers, and spares them the pauses they make: a lane that waits for others looks after 30 seconds. */
export async function untilDone<T>(
  platform: TestPlatform,
  what: string,
  check: () => Promise<T>,
  timeoutMs = 90_000,
) {
  let looked = 0
  return until(
    what,
    async () => {
      const found = await check()
      if (!found && performance.now() - looked > 250) {
        await endPauses(platform)
        looked = performance.now()
      }
      return found
    },
    timeoutMs,
  )
}
