import type { Context } from '../context.ts'
import type { FindPeople } from './find-people.ts'
import type { Unfinished } from './subject.ts'

/** Where a person may be left after an erasure, and why: what a receipt says, without saying of whom. */
export const outOfReach = {
  consent_event:
    "lines of other people's consent ledger that mention the person: append-only and chained by hashes, they go with those people",
  audit_event:
    'actions that the person took by the links in messages, with the network address they came from: the audit log is append-only and goes at the end of its retention',
  sender: 'senders whose address, or reply address, is that of the person: change or delete them',
  user: 'users of the account with the same address or phone number: they have accounts of their own',
  account: 'what the account says of itself, its legal contact and its data protection officer',
  external_id:
    'ids in your own systems of other contacts, written with data of the person: change them there and here',
} as const

export type OutOfReach = keyof typeof outOfReach

/** Counts, for each of those being erased, the rows that mention them and are not to be changed. */
export async function countOutOfReach(
  context: Context,
  erasures: Unfinished[],
  find: FindPeople,
): Promise<{ contactId: string; counts: Record<string, number> }[]> {
  const totals = erasures.map((): Record<string, number> => ({}))
  const add = (where: OutOfReach, index: number, count: number) => {
    const counts = totals[index]
    if (counts !== undefined) counts[where] = (counts[where] ?? 0) + count
  }
  const search = (where: OutOfReach, texts: (string | null)[], count = 1) => {
    const text = texts.filter((part) => part !== null).join('\n')
    for (const index of new Set(find(text).map((mention) => mention.index))) add(where, index, count)
  }
  // the same wording stands in thousands of lines
  for (const { source, text, textVersion, url, lines } of await ledgerTexts(context))
    search('consent_event', [source, text, textVersion, url], lines)
  for (const { email, replyTo } of await context.db.sender.findMany({ where: context.scope }))
    search('sender', [email, replyTo])
  for (const { email } of await context.db.user.findMany({ where: context.scope })) search('user', [email])
  const { name, legal, dpo } = await context.db.account.findUniqueOrThrow({
    where: { id: context.accountId },
  })
  search('account', [name, ...Object.values({ ...(legal as object), ...(dpo as object) }).map(String)])
  for (const { externalId } of await telling(context)) search('external_id', [externalId])
  for (const { contactId, count } of await ownActs(context, erasures)) {
    add(
      'audit_event',
      erasures.findIndex((erasure) => erasure.contactId === contactId),
      count,
    )
  }
  return erasures.map(({ contactId }, index) => ({ contactId, counts: totals[index] ?? {} }))
}

function ledgerTexts(context: Context) {
  return context.db.$queryRaw<
    { source: string; text: string | null; textVersion: string | null; url: string | null; lines: number }[]
  >`
    select source, text, text_version as "textVersion", url, count(*)::int as lines
    from consent_event
    where account_id = ${context.accountId}::uuid
    group by source, text, text_version, url`
}

/** External ids that hold more than an id: an address, a number. */
function telling(context: Context) {
  return context.db.$queryRaw<{ externalId: string }[]>`
    select external_id as "externalId"
    from contact
    where account_id = ${context.accountId}::uuid and external_id ~ '@|%40|[0-9]([ ./()-]{0,3}[0-9]){7}'`
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
export async function recordOutOfReach(
  tx: Context,
  found: { contactId: string; counts: Record<string, number> }[],
): Promise<void> {
  await tx.db.$executeRaw`
    update erasure
    set out_of_reach = found.counts
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as found ("contactId" uuid, counts jsonb)
    where erasure.account_id = ${tx.accountId}::uuid
      and erasure.contact_id = found."contactId"
      and erasure.status in ('queued', 'running')`
}
