/** Compares two interleaved samples of times by their medians, against what chance alone would do. */
export interface Pair {
  known: number
  unknown: number
}

export interface Comparison {
  /** Of all times, in milliseconds. */
  median: number
  /** Between the medians of known and unknown, either way. */
  difference: number
  /** What 99.9 % of shuffles of the labels stay below. */
  noise: number
  /** How often a known one takes longer than an unknown one, over all combinations: 0.5 when nothing can be told. */
  knownIsSlower: number
}

const shuffles = 2_000

export function compare(pairs: readonly Pair[]): Comparison {
  const known = pairs.map((pair) => pair.known)
  const unknown = pairs.map((pair) => pair.unknown)
  const distance = (swapped: (index: number) => boolean) =>
    Math.abs(
      median(pairs.map((pair, index) => (swapped(index) ? pair.unknown : pair.known))) -
        median(pairs.map((pair, index) => (swapped(index) ? pair.known : pair.unknown))),
    )
  const byChance = Array.from({ length: shuffles }, () => distance(() => Math.random() < 0.5))
  const slower = known.flatMap((one) => unknown.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)))
  return {
    median: median([...known, ...unknown]),
    difference: distance(() => false),
    noise: quantile(byChance, 0.999),
    knownIsSlower: slower.reduce<number>((sum, one) => sum + one, 0) / slower.length,
  }
}

const median = (values: readonly number[]) => quantile(values, 0.5)

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
