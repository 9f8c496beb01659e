import { describe, expect, test } from 'vitest'
import { nextAttemptAt } from './retry-schedule.ts'

const HOUR = 3_600_000
const start = new Date('2026-11-23T00:00:00Z')

/** The instants of all attempts when each is deferred at once, in minutes from the first. */
function attempts(random: number, giveUpAfterMs?: number): number[] {
  const minutes: number[] = [0]
  let now = start
  for (let count = 1; ; count++) {
    const next = nextAttemptAt({ attempts: count, firstAttemptAt: start, now, random, giveUpAfterMs })
    if (!next) return minutes
    minutes.push((next.getTime() - start.getTime()) / 60_000)
    now = next
  }
}

describe('a deferred message', () => {
  test('is tried again after 5, 15, 30 minutes, 1, 2, then every 4 hours', () => {
    expect(attempts(0.5).slice(0, 9)).toEqual([0, 5, 20, 50, 110, 230, 470, 710, 950])
  })

  test('is given up when the next attempt would come after 72 hours', () => {
    const all = attempts(0.5)
    expect(all.at(-1)).toBeLessThanOrEqual(72 * 60)
    expect(all.at(-1)).toBeGreaterThan(68 * 60)
    expect(attempts(0.5, HOUR).at(-1)).toBe(50)
  })

  test('waits a fifth more or less, by the random number given', () => {
    expect(attempts(0)[1]).toBe(4)
    expect(attempts(0.999999)[1]).toBeCloseTo(6, 3)
  })
})
