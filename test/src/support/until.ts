/**
 * Waits for a condition; says which one when it does not come. It looks every few milliseconds, and less often the longer it
 * waits: each look costs what it waits for some of the processor.
 */
export async function until<T>(
  what: string,
  check: () => Promise<T> | T,
  timeoutMs = 45_000,
): Promise<Exclude<T, null | undefined | false>> {
  for (const start = performance.now(); ; ) {
    const value = await check()
    if (value !== null && value !== undefined && value !== false)
      return value as Exclude<T, null | undefined | false>
    const waited = performance.now() - start
    if (waited > timeoutMs) throw new Error(`timed out waiting until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(waited / 10, 10), 100)))
  }
}
