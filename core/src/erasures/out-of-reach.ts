import type { Context } from '../context.ts'
import { byPages } from './by-pages.ts'
import type { FindPeople } from './find-people.ts'
import type { Unfinished } from './subject.ts'

/** Where a person may be left after an erasure, and why: what a receipt says, without saying of whom. */
export const outOfReach = {
  consent_event:
    "lines of other people's consent ledger that mention the person: append-only and chained by hashes, they go with those people",
  audit_event:
    'actions that the person took by the links in messages, with the network address they came from: the audit log is append-only and goes at the end of its retention',
  sender:
    'senders whose address, or reply address, is that of the person, as somebody who writes for you: `ids` says which; change or delete them if they no longer do',
  user: 'users of the account with the same address or phone number, in `ids`: they have accounts of their own',
  account: 'what the account says of itself, its legal contact and its data protection officer',
  external_id:
    'ids in your own systems of other contacts, written with data of the person: change them there and here',
} as const

export type OutOfReach = keyof typeof outOfReach

/** How many rows there are; of what the account can change itself, which, up to fifty. Receipts from before that hold the number alone. */
export type LeftThere = number | { count: number; ids: string[] }

const mostIds = 50

interface Found {
  contactId: string
  counts: Record<string, LeftThere>
}

/** Counts, for each of those being erased, the rows that mention them and are not to be changed. */
export async function countOutOfReach(
  context: Context,
  erasures: Unfinished[],
  find: FindPeople,
  signal: AbortSignal,
): Promise<Found[]> {
  const totals = erasures.map((): Record<string, LeftThere> => ({}))
  const add = (where: OutOfReach, index: number, count: number, id?: string) => {
    const counts = totals[index]
    if (counts === undefined) return
    const before = counts[where] ?? 0
    if (id === undefined) counts[where] = (typeof before === 'number' ? before : before.count) + count
    else {
      const ids = typeof before === 'number' ? [] : before.ids
      const total = (typeof before === 'number' ? before : before.count) + count
      counts[where] = { count: total, ids: [...ids, id].slice(0, mostIds) }
    }
  }
  const search = (where: OutOfReach, texts: (string | null)[], count = 1, id?: string) => {
    const text = texts.filter((part) => part !== null).join('\n')
    for (const index of new Set(find(text).map((mention) => mention.index))) add(where, index, count, id)
  }
  await eachLedgerText(context, signal, ({ source, text, textVersion, url, lines }) =>
    search('consent_event', [source, text, textVersion, url], lines),
  )
  for (const { id, email, replyTo } of await context.db.sender.findMany({ where: context.scope }))
    search('sender', [email, replyTo], 1, id)
  for (const { id, email } of await context.db.user.findMany({ where: context.scope }))
    search('user', [email], 1, id)
  const { name, legal, dpo } = await context.db.account.findUniqueOrThrow({
    where: { id: context.accountId },
  })
  search('account', [name, ...Object.values({ ...(legal as object), ...(dpo as object) }).map(String)])
  await eachTellingId(context, signal, (externalId) => search('external_id', [externalId]))
  for (const { contactId, count } of await ownActs(context, erasures)) {
    add(
      'audit_event',
      erasures.findIndex((erasure) => erasure.contactId === contactId),
      count,
    )
  }
  return erasures.map(({ contactId }, index) => ({ contactId, counts: totals[index] ?? {} }))
}

interface LedgerText {
  source: string
  text: string | null
  textVersion: string | null
  url: string | null
  lines: number
}

/** Of one page, the same wording stands in thousands of lines. */
function eachLedgerText(context: Context, signal: AbortSignal, search: (text: LedgerText) => void) {
  return byPages(context, { table: 'consent_event', size: 20_000, signal }, async (page) => {
    const texts = await context.db.$queryRaw<LedgerText[]>`
      select source, text, text_version as "textVersion", url, count(*)::int as lines
      from consent_event as held
      where held.account_id = ${context.accountId}::uuid and ${page}
      group by source, text, text_version, url`
    for (const text of texts) search(text)
  })
}

/** External ids that hold more than an id: an address, a number. */
function eachTellingId(context: Context, signal: AbortSignal, search: (externalId: string) => void) {
  return byPages(context, { table: 'contact', size: 20_000, signal }, async (page) => {
    const ids = await context.db.$queryRaw<{ externalId: string }[]>`
      select external_id as "externalId"
      from contact as held
      where held.account_id = ${context.accountId}::uuid and ${page} and external_id ~ '@|%40|[0-9]([ ./()-]{0,3}[0-9]){7}'`
    for (const { externalId } of ids) search(externalId)
  })
}

function ownActs(context: Context, erasures: Unfinished[]) {
  return context.db.$queryRaw<{ contactId: string; count: number }[]>`
    select actor_id as "contactId", count(*)::int as count
    from audit_event
    where account_id = ${context.accountId}::uuid
      and actor_type = 'contact'
      and actor_id = any(${erasures.map(({ contactId }) => contactId)}::uuid[])
      and address is not null
    group by actor_id`
}

/** Writes them into the receipts, in place of what an earlier try has counted. */
export async function recordOutOfReach(tx: Context, found: Found[]): Promise<void> {
  await tx.db.$executeRaw`
    update erasure
    set out_of_reach = found.counts
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as found ("contactId" uuid, counts jsonb)
    where erasure.account_id = ${tx.accountId}::uuid
      and erasure.contact_id = found."contactId"
      and erasure.status in ('queued', 'running')`
}
