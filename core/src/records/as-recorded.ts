/**
 * Whoever acts on a row, or changes it, asks first whether it is as the platform wrote it: the next entry would make one that
 * somebody has put in or changed by hand one of ours.
 */
import type { Context } from '../context.ts'
import type { Content } from './entry-hash.ts'
import { type RecordedRow, type RecordKind, readRows } from './record-kinds.ts'
import { isOf, isTaken, latestEntries, problemOfRow } from './verify-records.ts'

/**
 * Of these rows, those that are as the last entry about them says; all of them, as long as an account from before there were
 * entries has none.
 */
export async function asRecorded(
  context: Context,
  kind: RecordKind,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = ids.length === 0 ? [] : await readRows(context, kind, [...ids])
  const recorded = await areLast(context, kind, rows)
  for (const { id } of rows) {
    if (recorded.has(id)) continue
    // somebody may have written it in between
    const problem = await problemOfRow(context, kind, id)
    if (problem === null) recorded.add(id)
    else tell(context, kind, id)
  }
  return recorded
}

/** The same of rows that this transaction has deleted, as they were. */
export async function goneAsRecorded(
  context: Context,
  kind: RecordKind,
  rows: readonly RecordedRow[],
): Promise<string[]> {
  const recorded = await areLast(context, kind, rows)
  for (const { id } of rows) if (!recorded.has(id)) tell(context, kind, id)
  return [...recorded]
}

/** Whether this is what the last entry about a row says. */
export async function isLastContent(
  context: Context,
  kind: RecordKind,
  id: string,
  content: Content,
): Promise<boolean> {
  const entry = (await latestEntries(context, kind, [id])).get(id)
  return entry !== undefined && isOf(context, entry, content)
}

async function areLast(
  context: Context,
  kind: RecordKind,
  rows: readonly RecordedRow[],
): Promise<Set<string>> {
  const ids = rows.map(({ id }) => id)
  if (rows.length === 0 || !(await isTaken(context))) return new Set(ids)
  const entries = await latestEntries(context, kind, ids)
  const last = rows.filter(({ id, content }) => {
    const entry = entries.get(id)
    return entry !== undefined && isOf(context, entry, content)
  })
  return new Set(last.map(({ id }) => id))
}

function tell(context: Context, kind: RecordKind, id: string): void {
  const { accountId } = context
  context.log.error({ accountId, kind, id }, 'a row is not as it was recorded, and does not become so')
}
