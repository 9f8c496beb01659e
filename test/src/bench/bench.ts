/** What a benchmark is: a figure of ours beside a limit measured in the same run. Absolute times mean little; ratios are what counts. */
import type { BenchDatabases } from './database.ts'

export interface Measure {
  /** What was measured, with its size: `import 100,000`. */
  what: string
  /** Of the same unit, the higher the better: rows, messages or requests per second. */
  ours: number
  limit: number
  unit: string
  /** The ratio to reach (docs/performance.md); undefined when there is none yet. */
  goal?: number
  /** Of the process that does our work, in bytes. */
  peakMemory?: number
  note?: string
}

export interface Bench {
  name: string
  /** What the limit is. */
  against: string
  /** `quick`: small sizes, to prove that it runs. */
  run(options: { quick: boolean; databases: BenchDatabases }): Promise<Measure[]>
}

export interface Spread {
  median: number
  min: number
  max: number
}

/** The median of several runs, with what they spread over. */
export async function medianOf(runs: number, measure: () => Promise<number>): Promise<Spread> {
  const figures: number[] = []
  for (let run = 0; run < runs; run++) figures.push(await measure())
  figures.sort((a, b) => a - b)
  const at = (index: number) => figures[index] ?? Number.NaN
  return { median: at(Math.floor(figures.length / 2)), min: at(0), max: at(figures.length - 1) }
}

export const spreadOf = ({ min, max }: Spread) => `spread ${Math.round(min)}–${Math.round(max)}`

/** Seconds that something takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** How cost grows: 1 when ten times the rows take ten times as long. */
export function exponent(
  small: { size: number; seconds: number },
  large: { size: number; seconds: number },
): number {
  return Math.log(large.seconds / small.seconds) / Math.log(large.size / small.size)
}
