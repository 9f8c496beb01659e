import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { costOf, threadMs } from './processor-time.ts'

test('work costs, and waiting does not', async () => {
  const canTell = await readFile('/proc/thread-self/schedstat').catch(() => null)
  const work = costOf(() => {
    for (const end = process.cpuUsage().user + 100_000; process.cpuUsage().user < end; );
  })
  expect(work).toBeGreaterThan(20)
  if (canTell === null) return
  const start = threadMs()
  await pause(500)
  expect(threadMs() - start).toBeLessThan(250)
})
