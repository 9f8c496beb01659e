/**
 * COPY in text format (PostgreSQL manual, "COPY", file formats): a line per row, columns separated by tabulators, `\N` for
 * null, and a backslash before what would be taken for one of these.
 */
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { ImportKey } from './import-key.ts'
import type { StagedRow } from './stage-row.ts'

const statement = `
  copy import_row (
    account_id, import_id, line, contact_id, email, phone, external_id, first_name, last_name, locale, timezone,
    attributes, evidence, raw
  ) from stdin`

export interface RowCopy {
  /** Resolves when the connection can take more. */
  write(rows: StagedRow[]): Promise<void>
  /** Nothing is there before it: one COPY is one transaction. */
  end(): Promise<void>
  abort(reason: Error): void
}

/** Copies rows into the staging table for as long as they come. */
export function copyRows(
  client: ClientBase,
  { accountId, importId }: ImportKey,
  newId: () => string,
): RowCopy {
  const copy = client.query(copyFrom(statement))
  const done = finished(copy)
  // it is awaited at the end; a failure before must not count as unhandled
  done.catch(() => undefined)
  const start = `${accountId}\t${importId}\t`
  return {
    async write(rows) {
      let lines = ''
      for (const row of rows) {
        lines += `${start}${row.line}\t${newId()}\t${text(row.email)}\t${text(row.phone)}\t${text(row.externalId)}\t${text(row.firstName)}\t${text(row.lastName)}\t${text(row.locale)}\t${text(row.timezone)}\t${text(row.attributes)}\t${array(row.evidence)}\t${text(row.raw)}\n`
      }
      if (lines !== '' && !copy.write(Buffer.from(lines))) await Promise.race([once(copy, 'drain'), done])
    },
    async end() {
      copy.end()
      await done
    },
    abort: (reason) => copy.destroy(reason),
  }
}

const special = /[\\\t\n\r]/
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function text(value: string | null): string {
  if (value === null) return '\\N'
  return special.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? '') : value
}

/** An array of texts: as an array literal first, then as a value of COPY. */
function array(values: (string | null)[] | null): string {
  if (values === null) return '\\N'
  const items = values.map((value) => (value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`))
  return text(`{${items.join(',')}}`)
}
