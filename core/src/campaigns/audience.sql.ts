import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { compileRule } from '../segments/compile-rule.ts'
import type { Audience } from './snapshot.ts'

/**
 * A select that gives the ids of an audience's contacts (`id`), in order, from after one id, so many at most: each page
 * begins where an index already is, so the last page of a million costs what the first one does.
 */
export async function audiencePage(
  context: Context,
  audience: Audience,
  after: string | null,
  limit: number,
): Promise<Prisma.Sql> {
  const { accountId } = context
  if ('lists' in audience) {
    // each list gives its next members in the order of its primary key; the first of them all are the page
    return Prisma.sql`
      select distinct member.contact_id as id
      from unnest(${audience.lists}::uuid[]) as list (id)
      cross join lateral (
        select contact_id
        from list_member
        where account_id = ${accountId}::uuid and list_id = list.id
          ${after === null ? Prisma.empty : Prisma.sql`and contact_id > ${after}::uuid`}
        order by contact_id
        limit ${limit}::integer
      ) as member
      order by member.contact_id
      limit ${limit}::integer`
  }
  // `c` is the alias that conditions of segments speak of
  return Prisma.sql`
    select c.id
    from contact as c
    where c.account_id = ${accountId}::uuid
      ${after === null ? Prisma.empty : Prisma.sql`and c.id > ${after}::uuid`}
      and ${await compileRule(context, audience.rule, { approved: audience.segments })}
    order by c.id
    limit ${limit}::integer`
}
