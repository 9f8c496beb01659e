import { closureReceipts } from '../account-closure/closure-receipts.ts'
import type { Context } from '../context.ts'
import type { AccountClosure, Erasure, Suppression, VerificationChange } from '../database.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { type Content, members } from './entry-hash.ts'

/** A row as an entry speaks of it. */
export interface RecordedRow {
  id: string
  content: Content
}

/** Which rows: these, or those after an id. */
type Wanted = { in: string[] } | { gt: string }

interface Page {
  where: { id: Wanted }
  orderBy: { id: 'asc' }
  take: number
}

type Reader = (context: Context, page: Page) => Promise<RecordedRow[]>

const at = (instant: Date | null) => instant?.toISOString() ?? null
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

export const suppressionContent = ({
  channel,
  fingerprint,
  value,
  reason,
  purposeKey,
  createdAt,
}: Omit<Suppression, 'accountId' | 'id' | 'fingerprint'> & { fingerprint: Uint8Array }): Content => [
  channel,
  hex(fingerprint),
  value,
  reason,
  purposeKey,
  at(createdAt),
]

/** While it is under way, that it was asked for; then the receipt. */
const erasureContent = (row: Erasure): Content => [
  row.reason,
  at(row.requestedAt),
  ...(row.completedAt === null && row.status !== 'completed'
    ? []
    : [
        row.status,
        at(row.completedAt),
        members(row.deleted),
        members(row.replaced),
        members(row.outOfReach),
      ]),
]

const verificationContent = (row: VerificationChange): Content => [
  row.kind,
  row.number,
  row.before,
  row.status,
  row.actorType,
  row.actorId,
  row.reason,
  at(row.at),
]

export const retentionContent = (retention: unknown): Content => [members(retention)]

const closureContent = (row: AccountClosure): Content => [
  row.accountId,
  row.requestedBy,
  at(row.closesAt),
  at(row.destroyAt),
  ...closureReceipts(row).flatMap(({ step, at: taken, rows, archive }) => [
    step,
    at(taken),
    members(rows),
    members(archive),
  ]),
]

/**
 * The rows that entries speak of, by kind. Those of a closing belong to the platform, as they outlive the account; `retention`
 * has one row, the account; `taken` says since when the rows of an account have entries, and is no row.
 */
export const recordKinds = {
  suppression: async ({ db, scope }, page) =>
    (await db.suppression.findMany({ ...page, where: { ...scope, ...page.where } })).map((row) => ({
      id: row.id,
      content: suppressionContent(row),
    })),
  erasure: async ({ db, scope }, page) =>
    (await db.erasure.findMany({ ...page, where: { ...scope, ...page.where } })).map((row) => ({
      id: row.id,
      content: erasureContent(row),
    })),
  verification: async ({ db, scope }, page) =>
    (await db.verificationChange.findMany({ ...page, where: { ...scope, ...page.where } })).map((row) => ({
      id: row.id,
      content: verificationContent(row),
    })),
  retention: async ({ db, accountId }, page) =>
    (await db.account.findMany({ ...page, where: { AND: [{ id: accountId }, page.where] } })).map(
      ({ id, retention }) => ({ id, content: retentionContent(retention) }),
    ),
  closure: async ({ db, accountId }, page) =>
    accountId === platformAccount
      ? (await db.accountClosure.findMany(page)).map((row) => ({ id: row.id, content: closureContent(row) }))
      : [],
} as const satisfies Record<string, Reader>

export type RecordKind = keyof typeof recordKinds

export const recordKindNames = Object.keys(recordKinds) as RecordKind[]

const lowestId = '00000000-0000-0000-0000-000000000000'

/** Those of these rows that are there. */
export const readRows = (context: Context, kind: RecordKind, ids: string[]): Promise<RecordedRow[]> =>
  recordKinds[kind](context, { where: { id: { in: ids } }, orderBy: { id: 'asc' }, take: ids.length })

/** All rows, page by page in the order of their ids. */
export async function* allRows(
  context: Context,
  kind: RecordKind,
  take: number,
): AsyncGenerator<RecordedRow[]> {
  for (let after = lowestId; ; ) {
    const rows = await recordKinds[kind](context, {
      where: { id: { gt: after } },
      orderBy: { id: 'asc' },
      take,
    })
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
    after = last.id
  }
}
