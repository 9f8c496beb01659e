import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { createTarDecoder } from 'modern-tar'
import type { Manifest } from './archive-entries.ts'

/** Reads the tar of an archive to its end, part by part: what it holds, counted, and what it says that it holds. */
export async function readArchive(
  tar: Readable,
  see: (table: string, line: string) => void = () => {},
): Promise<{ manifest: Manifest; tables: Record<string, number> }> {
  const tables: Record<string, number> = {}
  let manifest: Manifest | undefined
  const entries = Readable.toWeb(tar).pipeThrough(
    createTarDecoder({ strict: true }) as never,
  ) as ReadableStream<{ header: { name: string }; body: ReadableStream }>
  for await (const { header, body } of entries) {
    const text = await new Response(body as never).text()
    const table = /^tables\/([^/]+)\/\d+\.ndjson$/.exec(header.name)?.[1]
    if (table !== undefined) {
      const lines = text.split('\n').slice(0, -1)
      tables[table] = (tables[table] ?? 0) + lines.length
      for (const line of lines) see(table, line)
    }
    if (header.name === 'manifest.json') manifest = JSON.parse(text) as Manifest
  }
  if (manifest === undefined) throw new Error('the archive is not whole: it has no manifest')
  for (const [table, rows] of Object.entries(manifest.tables))
    if ((tables[table] ?? 0) !== rows)
      throw new Error(`the archive is not whole: rows of ${table} are missing`)
  return { manifest, tables: manifest.tables }
}
