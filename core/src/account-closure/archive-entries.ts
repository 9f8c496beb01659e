/**
 * The archive of an account is a tar of lines of JSON, compressed, encrypted with age (https://age-encryption.org/v1): three formats that
 * will still be read in a year, by other programs than this one.
 *
 *     tables/<table>/000001.ndjson, 000002.ndjson …   each row of the account, as Postgres writes it in JSON
 *     files/audit/head.json, files/consents/head.json the ends of the sealed logs, as they were recorded outside the database
 *     manifest.json                                   last: whose, when, and how many rows of each table
 *
 * The format of tar wants the size of an entry before its bytes, so a table comes in parts that fit in memory.
 */
import { packTar } from 'modern-tar'
import type { Context } from '../context.ts'
import { headFile } from '../seals/head-file.ts'
import { logs } from '../seals/log-head.ts'
import { readText } from '../seals/sealed-file.ts'
import { accountTables } from './account-tables.ts'
import { archiveRows } from './archive-rows.ts'

const PART_BYTES = 1 << 20
/** Two blocks of zeros end a tar. */
const END_BYTES = 1_024

export interface Manifest {
  format: 1
  accountId: string
  closureId: string
  madeAt: string
  /** Rows by table. */
  tables: Record<string, number>
}

/** The bytes of the tar, made as fast as they are taken. All tables are read as of one instant. `made` is told the manifest. */
export async function* archiveEntries(
  context: Context,
  closureId: string,
  signal: AbortSignal,
  made: (manifest: Manifest) => void,
): AsyncGenerator<Uint8Array> {
  const { accountId } = context
  const madeAt = context.clock.now()
  const entry = async (name: string, body: string) => {
    const packed = await packTar([
      { header: { name, size: Buffer.byteLength(body), mtime: madeAt, mode: 0o600 }, body },
    ])
    return packed.subarray(0, -END_BYTES)
  }
  const client = await context.pool.connect()
  const manifest: Manifest = { format: 1, accountId, closureId, madeAt: madeAt.toISOString(), tables: {} }
  try {
    await client.query('begin isolation level repeatable read, read only')
    await client.query("set local time zone 'UTC'")
    for (const table of await accountTables(client)) {
      signal.throwIfAborted()
      let [rows, parts, lines, bytes] = [0, 0, [] as string[], 0]
      const part = () => {
        parts += 1
        const name = `tables/${table.name}/${String(parts).padStart(6, '0')}.ndjson`
        return entry(name, `${lines.join('\n')}\n`)
      }
      for await (const line of archiveRows(client, table, accountId)) {
        lines.push(line)
        rows += 1
        bytes += line.length
        if (bytes < PART_BYTES) continue
        signal.throwIfAborted()
        yield await part()
        ;[lines, bytes] = [[], 0]
      }
      if (lines.length > 0) yield await part()
      manifest.tables[table.name] = rows
    }
  } finally {
    await client.query('rollback').catch(() => undefined)
    client.release()
  }
  for (const log of logs) {
    const head = await readText(context, headFile(accountId, log))
    if (head !== null) yield await entry(`files/${log}/head.json`, head)
  }
  yield await entry('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`)
  yield new Uint8Array(END_BYTES)
  made(manifest)
}
