import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { byPages } from './by-pages.ts'
import type { Subject } from './subject.ts'

/** Contacts at once: some 20 ms. */
const size = 5_000

/** A name without regard to capitals and accents, as `find-people.ts` compares names. */
const plain = (name: Prisma.Sql) =>
  Prisma.sql`btrim(regexp_replace(normalize(lower(${name}), nfkd), '[\u0300-\u036f]', '', 'g'))`

/** Whether somebody who is left, a contact or a user of the account, has the same first and last name: they are not told apart by it. */
export async function namesakes(
  context: Context,
  people: readonly Subject[],
  signal: AbortSignal,
): Promise<(person: Subject) => boolean> {
  const named = people.filter(({ firstName, lastName }) => firstName !== null && lastName !== null)
  const column = (name: 'firstName' | 'lastName') => named.map((person) => person[name] ?? '')
  const keyOf = ({ firstName, lastName }: Pick<Subject, 'firstName' | 'lastName'>) =>
    JSON.stringify([firstName, lastName])
  const keys = new Set<string>()
  if (named.length > 0)
    for (const table of ['contact', 'user'] as const)
      await byPages(context, { table, size, signal }, async (page) => {
        const shared = await context.db.$queryRaw<{ firstName: string; lastName: string }[]>`
          with sought as (
            select first, last, ${plain(Prisma.sql`first`)} as plain_first, ${plain(Prisma.sql`last`)} as plain_last
            from (select distinct * from unnest(${column('firstName')}::text[], ${column('lastName')}::text[]) as name (first, last)) as name
          ),
          bearer as materialized (
            select distinct ${plain(Prisma.sql`first_name`)} as plain_first, ${plain(Prisma.sql`last_name`)} as plain_last
            from ${Prisma.raw(`"${table}"`)} as held
            where held.account_id = ${context.accountId}::uuid and ${page} and first_name is not null and last_name is not null
          )
          select first as "firstName", last as "lastName"
          from sought
          join bearer using (plain_first, plain_last)`
        for (const one of shared) keys.add(keyOf(one))
      })
  return (person) => keys.has(keyOf(person))
}
