/** What the demo prints: steps as they go, a table at the end. */
export interface Report {
  /** Runs a step and says how long it took. */
  step<T>(what: string, work: () => Promise<T>, outcome?: (result: T) => string): Promise<T>
  figure(what: string, value: string | number): void
  table(): string
}

export function createReport(print: (line: string) => void): Report {
  const figures: [string, string][] = []
  return {
    async step(what, work, outcome) {
      const start = performance.now()
      const result = await work()
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      print(`✓ ${what}${outcome === undefined ? '' : `: ${outcome(result)}`} (${seconds} s)`)
      return result
    },
    figure: (what, value) =>
      figures.push([what, typeof value === 'number' ? value.toLocaleString('en') : value]),
    table() {
      const width = Math.max(...figures.map(([what]) => what.length))
      return figures.map(([what, value]) => `  ${what.padEnd(width)}  ${value}`).join('\n')
    },
  }
}

/** The demo proves what it prints: a wrong figure ends it. */
export function expect(fact: boolean, what: string): void {
  if (!fact) throw new Error(`The demo expected otherwise: ${what}`)
}
