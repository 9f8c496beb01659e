import { randomInt } from 'node:crypto'

export interface Chance {
  /** A whole number from 0 up to, but without, the limit. */
  below(limit: number): number
  /** So many different ones, in order. */
  several(count: number, limit: number): number[]
}

/** Numbers by chance that come again with the same seed: `CRASH_SEED=… npx vitest run …`. It is printed. */
export function chance(what: string): Chance {
  const seed = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31))
  process.stdout.write(`${what}: CRASH_SEED=${seed}\n`)
  let state = seed
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    several(count, limit) {
      const chosen = new Set<number>()
      while (chosen.size < count) chosen.add(below(limit))
      return [...chosen].sort((a, b) => a - b)
    },
  }
}
