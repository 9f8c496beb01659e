/** What the demo prints: steps as they go, a table at the end. */
export interface Report {
  /** Says what is being done, how far it is, and at the end how long it took. */
  step<T>(
    what: string,
    work: (progress: (how: string) => void) => Promise<T>,
    outcome?: (result: T) => string,
  ): Promise<T>
  figure(what: string, value: string | number): void
  table(): string
}

/** Where no line can be drawn again, progress is a line of its own, no more often than that. */
const everyMs = 5_000

export function createReport(output: { write(text: string): unknown; isTTY?: boolean }): Report {
  const figures: [string, string][] = []
  const redraw = output.isTTY === true ? '\r\x1b[2K' : ''
  return {
    async step(what, work, outcome) {
      const start = performance.now()
      const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`
      let last = start
      output.write(`· ${what}${redraw === '' ? '\n' : ''}`)
      const result = await work((how) => {
        if (redraw !== '') output.write(`${redraw}· ${what}: ${how} (${seconds()})`)
        else if (performance.now() - last > everyMs) {
          last = performance.now()
          output.write(`  … ${how} (${seconds()})\n`)
        }
      })
      const end = outcome === undefined ? '' : `: ${outcome(result)}`
      output.write(`${redraw}✓ ${what}${end} (${seconds()})\n`)
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

/** Of counts by reason, a line: `consent_withdrawn 3, suppressed 1`. */
export const inWords = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what} ${count.toLocaleString('en')}`)
    .join(', ')
