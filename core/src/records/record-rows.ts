import type { Context } from '../context.ts'
import { inAccount } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { type Content, entryHash } from './entry-hash.ts'
import { type RecordedRow, type RecordKind, readRows } from './record-kinds.ts'

/** Rows named in one statement. */
const atOnce = 5_000

function* chunks(ids: readonly string[]): Generator<string[]> {
  for (let start = 0; start < ids.length; start += atOnce) yield ids.slice(start, start + atOnce)
}

/**
 * Says what rows are now, in the transaction that wrote them: those of the ids that are there. The rows are locked by having been
 * written, so their entries are numbered one after the other.
 */
export async function recordRows(tx: Context, kind: RecordKind, ids: readonly string[]): Promise<void> {
  for (const some of chunks(ids)) await appendEntries(tx, kind, await readRows(tx, kind, some))
}

/** The same of a closing, which is the platform's to remember. */
export const recordClosure = (tx: Context, id: string): Promise<void> =>
  recordRows(inAccount(tx, platformAccount, tx.actor), 'closure', [id])

/** Says that rows are gone, in the transaction that deleted them. */
export async function recordGone(tx: Context, kind: RecordKind, ids: readonly string[]): Promise<void> {
  for (const some of chunks(ids))
    await appendEntries(
      tx,
      kind,
      some.map((id) => ({ id, content: null })),
    )
}

/** The kind of the one entry that says since when an account has entries. */
export const takenKind = 'taken'

/** From here on a row without an entry is one that somebody has put in. */
export async function recordTaken(tx: Context): Promise<void> {
  await appendEntries(tx, takenKind, [{ id: tx.accountId, content: [] }])
}

async function appendEntries(tx: Context, kind: string, rows: readonly RecordedRow[]): Promise<void> {
  if (rows.length === 0) return
  const versions = await latestVersions(
    tx,
    kind,
    rows.map(({ id }) => id),
  )
  await insertEntries(
    tx,
    kind,
    rows.map(({ id, content }) => ({ id, content, version: (versions.get(id) ?? 0) + 1 })),
  )
}

/** One probe of the index for each row: statistics lag behind, and a plan that reads the entries of the account would read all of them. */
export async function latestVersions(tx: Context, kind: string, ids: string[]): Promise<Map<string, number>> {
  const rows = await tx.db.$queryRaw<{ id: string; version: number }[]>`
    select wanted.id, latest.version
    from unnest(${ids}::uuid[]) as wanted (id)
    cross join lateral (
      select version from record_entry
      where account_id = ${tx.accountId}::uuid and kind = ${kind} and subject_id = wanted.id
      order by version desc
      limit 1
    ) as latest`
  return new Map(rows.map(({ id, version }) => [id, version]))
}

/** Refused by a unique key when somebody else says something of the same row at the same time. */
export async function insertEntries(
  tx: Context,
  kind: string,
  rows: readonly { id: string; content: Content; version: number }[],
): Promise<void> {
  const entries = rows.map(({ id: subjectId, content, version }) => ({
    id: tx.newId(),
    subjectId,
    version,
    hash: entryHash(tx, { kind, subjectId, version }, content),
  }))
  await tx.db.$executeRaw`
    insert into record_entry (account_id, id, kind, subject_id, version, hash)
    select ${tx.accountId}::uuid, id, ${kind}, subject_id, version, hash
    from unnest(
      ${entries.map(({ id }) => id)}::uuid[],
      ${entries.map(({ subjectId }) => subjectId)}::uuid[],
      ${entries.map(({ version }) => version)}::integer[],
      ${entries.map(({ hash }) => hash)}::bytea[]
    ) as entry (id, subject_id, version, hash)`
}
