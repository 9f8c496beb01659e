import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { getList } from '../lists/read-lists.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'
import { compileRule } from '../segments/compile-rule.ts'
import { getSegment, ruleOf } from '../segments/read-segments.ts'
import { normaliseEmail, normaliseLine } from './normalise.ts'
import type { Parsed } from './parsed.ts'
import { withLists } from './read-contacts.ts'

export interface ContactFilters {
  email?: string
  externalId?: string
  list?: string
  segment?: string
  updatedSince?: string
}

export async function listContacts(context: Context, query: PageRequest & ContactFilters) {
  const { list, segment, updatedSince } = query
  if (list !== undefined) await getList(context, list)
  const inSegment =
    segment === undefined ? undefined : await compileRule(context, ruleOf(await getSegment(context, segment)))
  const email = asStored(query.email, normaliseEmail)
  const externalId = asStored(query.externalId, (value) => normaliseLine(value, 200))
  // what no contact can hold, none does
  if (email === null || externalId === null) return { data: [], nextCursor: null }
  return paginate(context, query, { email, externalId, list, segment, updatedSince }, async (page) => {
    if (inSegment !== undefined) {
      const ids = await idsWithin(context, inSegment, { ...page, email, externalId, list, updatedSince })
      return context.db.contact.findMany({
        where: { ...context.scope, id: { in: ids } },
        orderBy: page.orderBy,
        include: withLists,
      })
    }
    return context.db.contact.findMany({
      ...page,
      where: {
        ...context.scope,
        ...page.where,
        email,
        externalId,
        ...(list === undefined ? {} : { lists: { some: { listId: list } } }),
        ...(updatedSince === undefined ? {} : { updatedAt: { gte: new Date(updatedSince) } }),
      },
      include: withLists,
    })
  })
}

interface Narrowed extends Omit<ContactFilters, 'segment'> {
  where: { id?: { lt: string } }
  take: number
}

/** A rule is SQL, so the other filters join it there. */
async function idsWithin({ db, accountId }: Context, rule: Prisma.Sql, page: Narrowed): Promise<string[]> {
  const { email, externalId, list, updatedSince } = page
  const conditions = [
    rule,
    ...(page.where.id === undefined ? [] : [Prisma.sql`c.id < ${page.where.id.lt}::uuid`]),
    ...(email === undefined ? [] : [Prisma.sql`c.email = ${email}`]),
    ...(externalId === undefined ? [] : [Prisma.sql`c.external_id = ${externalId}`]),
    ...(updatedSince === undefined ? [] : [Prisma.sql`c.updated_at >= ${new Date(updatedSince)}`]),
    ...(list === undefined
      ? []
      : [
          Prisma.sql`exists (
            select 1 from list_member m
            where m.account_id = c.account_id and m.list_id = ${list}::uuid and m.contact_id = c.id
          )`,
        ]),
  ]
  const rows = await db.$queryRaw<{ id: string }[]>`
    select c.id from contact c
    where c.account_id = ${accountId}::uuid and ${Prisma.join(conditions, ' and ')}
    order by c.id desc
    limit ${page.take}`
  return rows.map(({ id }) => id)
}

/** A value asked for, in the form in which it would be stored; null when it never could be. */
function asStored(value: string | undefined, normalise: (value: string) => Parsed<string | null>) {
  if (value === undefined) return undefined
  const result = normalise(value)
  return result.ok ? result.value : null
}
