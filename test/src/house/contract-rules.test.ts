import { expect, test } from 'vitest'

/** The contract's own lint rule (openapi/redocly-rules.mjs), tried on paths. */
const plugin = await import(new URL('../../../openapi/redocly-rules.mjs', import.meta.url).href)
const rule = plugin.default().rules.oas3['no-ambiguous-paths']()

function ambiguous(paths: Record<string, Record<string, string>>): string[] {
  const found: string[] = []
  const items = Object.fromEntries(
    Object.entries(paths).map(([path, formats]) => {
      const parameters = Object.entries(formats).map(([name, format]) => ({
        name,
        in: 'path',
        schema: { format },
      }))
      return [path, { get: { parameters } }]
    }),
  )
  rule.Paths(items, {
    report: ({ message }: { message: string }) => found.push(message),
    location: { child: () => ({ key: () => '' }) },
  })
  return found
}

test('two paths that describe the same address are refused', () => {
  const paths = { '/c/{name}/export': { name: 'text' }, '/c/by-email/{email}': { email: 'email' } }
  expect(ambiguous(paths)).toEqual([
    '`/c/{name}/export` and `/c/by-email/{email}` describe the same address.',
  ])
  expect(ambiguous({ '/c/{a}': { a: 'uuid' }, '/c/{b}': { b: 'uuid' } })).toHaveLength(1)
})

test('an id is no word: what begins with a word is another address', () => {
  expect(ambiguous({ '/c/{id}/export': { id: 'uuid' }, '/c/by-email/{email}': { email: 'email' } })).toEqual(
    [],
  )
  // the router takes the word first
  expect(ambiguous({ '/c/{name}': { name: 'text' }, '/c/batch': {} })).toEqual([])
})
