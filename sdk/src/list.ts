export interface Page<Item> {
  data: Item[]
  /** Where the next page begins; null on the last one. */
  nextCursor: string | null
}

/**
 * A list that is both awaited and iterated: awaited it is its first page, iterated it is all its items, page after page, each fetched
 * when it is needed.
 */
export interface List<Item> extends Promise<Page<Item>>, AsyncIterable<Item> {}

export function listOf<Item>(fetchPage: (cursor: string | undefined) => Promise<Page<Item>>): List<Item> {
  let first: Promise<Page<Item>> | undefined
  // nothing is sent before it is awaited: whoever iterates does not pay for a page twice
  const awaited = () => {
    first ??= fetchPage(undefined)
    return first
  }
  return {
    [Symbol.toStringTag]: 'List',
    // biome-ignore lint/suspicious/noThenProperty: it is a promise, made on demand
    then: (resolved, rejected) => awaited().then(resolved, rejected),
    catch: (rejected) => awaited().catch(rejected),
    finally: (settled) => awaited().finally(settled),
    async *[Symbol.asyncIterator]() {
      let cursor: string | undefined
      do {
        const page = await fetchPage(cursor)
        yield* page.data
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
    },
  }
}
