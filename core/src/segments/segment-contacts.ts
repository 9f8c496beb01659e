import type { SegmentRule } from '@envoi/openapi'
import { Prisma } from '@envoi/prisma'
import { onLane } from '../connections/on-lane.ts'
import { withLists } from '../contacts/read-contacts.ts'
import type { Context } from '../context.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'
import { compileRule } from './compile-rule.ts'
import { getSegment, ruleOf } from './read-segments.ts'
import { requireRevealed } from './require-revealed.ts'

/** How many contacts of the account match a rule now. */
export async function countContacts(context: Context, rule: SegmentRule): Promise<number> {
  const condition = await compileRule(context, rule)
  const [row] = await context.db.$queryRaw<{ contacts: bigint }[]>`
    select count(*) as contacts from contact c where c.account_id = ${context.accountId}::uuid and ${condition}`
  return Number(row?.contacts ?? 0)
}

/** Those who match, newest first: ids found by the rule, then the contacts read whole. */
async function contactsMatching(
  context: Context,
  rule: SegmentRule,
  page: { before?: string; take: number },
) {
  const condition = await compileRule(context, rule)
  const before = page.before === undefined ? Prisma.empty : Prisma.sql`and c.id < ${page.before}::uuid`
  const rows = await context.db.$queryRaw<{ id: string }[]>`
    select c.id from contact c
    where c.account_id = ${context.accountId}::uuid and ${condition} ${before}
    order by c.id desc
    limit ${page.take}`
  return context.db.contact.findMany({
    where: { ...context.scope, id: { in: rows.map(({ id }) => id) } },
    orderBy: { id: 'desc' },
    include: withLists,
  })
}

export async function previewRule(context: Context, rule: SegmentRule) {
  await requireRevealed(context, rule)
  return onLane(context, async (on) => ({
    count: await countContacts(on, rule),
    sample: await contactsMatching(on, rule, { take: 10 }),
  }))
}

export async function countSegment(context: Context, id: string): Promise<number> {
  return countContacts(context, ruleOf(await getSegment(context, id)))
}

export async function listSegmentContacts(context: Context, id: string, query: PageRequest) {
  const rule = ruleOf(await getSegment(context, id))
  return paginate(context, query, { id }, ({ where, take }) =>
    contactsMatching(context, rule, { take, ...(where.id === undefined ? {} : { before: where.id.lt }) }),
  )
}
