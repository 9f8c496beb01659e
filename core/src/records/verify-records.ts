import type { RecordSeal } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { differences, unpackLeaves } from '../seals/leaves.ts'
import { breakInHeads, type HeadProblem, readRecordedHeads } from '../seals/recorded-heads.ts'
import { type Content, type Entry, entryHash, leavesOfEntries } from './entry-hash.ts'
import { allRows, type RecordKind, readRows, recordKindNames } from './record-kinds.ts'
import { takenKind } from './record-rows.ts'
import { recordSealHash } from './seal-records.ts'

export type RecordProblem =
  | 'record_changed'
  | 'record_removed'
  | 'record_inserted'
  | 'entry_changed'
  | 'entry_removed'
  | 'entry_inserted'
  | HeadProblem

export interface RecordBreak {
  problem: RecordProblem
  /** What it is about; null where that is not known. */
  kind: RecordKind | null
  id: string | null
  seal: number | null
}

export interface RecordsVerdict {
  /** Entries under seals that hold. */
  entries: number
  /** How many things do not hold; 0 when all do. */
  breaks: number
  firstBreak: RecordBreak | null
}

/** Entries and rows looked at together. */
const batch = 2_000

/** Compares every entry of the account with its seal, and every row that entries speak of with the last one that does. */
export async function verifyRecords(context: Context): Promise<RecordsVerdict> {
  const { entries, found } = await verifySeals(context)
  let breaks = found === null ? 0 : 1
  let firstBreak = found
  for await (const one of brokenRows(context)) {
    breaks += 1
    firstBreak ??= one
  }
  return { entries, breaks, firstBreak }
}

/** Whether no entry that was sealed is gone or another. */
export const doEntriesHold = async (context: Context): Promise<boolean> =>
  (await verifySeals(context)).found === null

async function verifySeals(context: Context): Promise<{ entries: number; found: RecordBreak | null }> {
  const once = await verifyStretches(context)
  // the very first head may just have been on its way to where it is recorded
  return once.found?.problem === 'head_missing' ? verifyStretches(context) : once
}

async function verifyStretches(context: Context): Promise<{ entries: number; found: RecordBreak | null }> {
  const recorded = await readRecordedHeads(context, 'records')
  let entries = 0
  let last = null as RecordSeal | null
  for (;;) {
    const seal: RecordSeal | null = await context.db.recordSeal.findFirst({
      where: { ...context.scope, sequence: { gt: last?.sequence ?? 0 } },
      orderBy: { sequence: 'asc' },
    })
    if (seal === null) break
    const found = await breakIn(context, seal, last)
    if (found !== null) return { entries, found }
    entries += seal.lines
    last = seal
  }
  const found = await breakInHeads(context, last?.sequence ?? 0, recorded)
  return { entries, found: found === null ? null : { kind: null, id: null, ...found } }
}

const problems = { changed: 'entry_changed', missing: 'entry_removed', inserted: 'entry_inserted' } as const

async function breakIn(
  context: Context,
  seal: RecordSeal,
  previous: RecordSeal | null,
): Promise<RecordBreak | null> {
  const { sequence } = seal
  const broken = (problem: RecordProblem) => ({ problem, kind: null, id: null, seal: sequence })
  if (sequence !== (previous?.sequence ?? 0) + 1) return broken('seal_missing')
  const leaves = unpackLeaves(seal.leaves)
  const isSound =
    leaves.length === seal.lines &&
    seal.total === (previous?.total ?? 0n) + BigInt(seal.lines) &&
    recordSealHash(context, seal, previous?.hash ?? null).equals(seal.hash)
  if (!isSound) return broken('seal_changed')
  const stored = await context.db.recordEntry.findMany({
    where: { ...context.scope, id: { lte: seal.toId, ...(previous === null ? {} : { gt: previous.toId }) } },
    orderBy: { id: 'asc' },
  })
  const [first] = differences(leaves, leavesOfEntries(context, stored))
  if (first === undefined) return null
  const entry = stored.find(({ id }) => id === first.id)
  const kind = recordKindNames.find((name) => name === entry?.kind) ?? null
  return { problem: problems[first.is], kind, id: entry?.subjectId ?? null, seal: sequence }
}

/** Every row that is not as the last entry about it says, and every one that is there without an entry. */
export async function* brokenRows(
  context: Context,
): AsyncGenerator<RecordBreak & { kind: RecordKind; id: string }> {
  if (!(await isTaken(context))) return
  for (const kind of recordKindNames) {
    for await (const rows of allRows(context, kind, batch)) {
      const entries = await latestEntries(
        context,
        kind,
        rows.map(({ id }) => id),
      )
      for (const { id, content } of rows) {
        const entry = entries.get(id)
        if (entry !== undefined && isOf(context, entry, content)) continue
        const problem = await problemOfRow(context, kind, id)
        if (problem !== null) yield { problem, kind, id, seal: null }
      }
    }
    yield* goneRows(context, kind)
  }
}

/** Rows that entries speak of and that are not there, though the last entry does not say that they are gone. */
async function* goneRows(context: Context, kind: RecordKind) {
  for (let after: string | null = null; ; ) {
    const ids: string[] = await subjectsAfter(context, kind, after)
    const last = ids.at(-1)
    if (last === undefined) return
    after = last
    const there = new Set((await readRows(context, kind, ids)).map(({ id }) => id))
    const gone = ids.filter((id) => !there.has(id))
    const entries = await latestEntries(context, kind, gone)
    for (const id of gone) {
      const entry = entries.get(id)
      if (entry !== undefined && isOf(context, entry, null)) continue
      const problem = await problemOfRow(context, kind, id)
      if (problem !== null) yield { problem, kind, id, seal: null }
    }
  }
}

async function subjectsAfter(
  { db, accountId }: Context,
  kind: RecordKind,
  after: string | null,
): Promise<string[]> {
  // each row has one first entry: in the order of the index, and no more of it than is asked for
  const rows = await db.$queryRaw<{ id: string }[]>`
    select subject_id as id
    from record_entry
    where account_id = ${accountId}::uuid and kind = ${kind} and version = 1
      and subject_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
    order by subject_id
    limit ${batch}::integer`
  return rows.map(({ id }) => id)
}

export async function latestEntries(
  { db, accountId }: Context,
  kind: string,
  ids: string[],
): Promise<Map<string, Entry>> {
  const rows = await db.$queryRaw<Entry[]>`
    select latest.id, latest.kind, latest.subject_id as "subjectId", latest.version, latest.hash
    from unnest(${ids}::uuid[]) as wanted (id)
    cross join lateral (
      select id, kind, subject_id, version, hash from record_entry
      where account_id = ${accountId}::uuid and kind = ${kind} and subject_id = wanted.id
      order by version desc
      limit 1
    ) as latest`
  return new Map(rows.map((row) => [row.subjectId, row]))
}

export const isOf = (context: Context, entry: Entry, content: Content): boolean =>
  entryHash(context, entry, content).equals(entry.hash)

/** Rows from before there were entries are taken by the next run of `records.seal`. */
export async function isTaken({ db, scope, accountId }: Context): Promise<boolean> {
  return (await db.recordEntry.count({ where: { ...scope, kind: takenKind, subjectId: accountId } })) > 0
}

/**
 * How a row differs from the last entry about it; null when it does not. A row and its entry are written together and read one
 * after the other: what changes in between is looked at again.
 */
export async function problemOfRow(
  context: Context,
  kind: RecordKind,
  id: string,
): Promise<'record_changed' | 'record_removed' | 'record_inserted' | null> {
  for (;;) {
    const before = (await latestEntries(context, kind, [id])).get(id)
    const [row] = await readRows(context, kind, [id])
    const after = (await latestEntries(context, kind, [id])).get(id)
    if (before?.version !== after?.version) continue
    if (after === undefined) return row === undefined ? null : 'record_inserted'
    if (isOf(context, after, row?.content ?? null)) return null
    if (row === undefined) return 'record_removed'
    return isOf(context, after, null) ? 'record_inserted' : 'record_changed'
  }
}
