import type { Context } from '../context.ts'
import type { Subject } from './subject.ts'

/** Whether somebody who is left, a contact or a user of the account, has the same first and last name: they are not told apart by it. */
export async function namesakes(
  context: Context,
  people: readonly Subject[],
): Promise<(person: Subject) => boolean> {
  const named = people.filter(({ firstName, lastName }) => firstName !== null && lastName !== null)
  const column = (name: 'firstName' | 'lastName') => named.map((person) => person[name]?.toLowerCase() ?? '')
  const shared = await context.db.$queryRaw<{ first: string; last: string }[]>`
    with sought as (
      select distinct * from unnest(${column('firstName')}::text[], ${column('lastName')}::text[]) as name (first, last)
    )
    select first, last from sought
    join contact on lower(contact.first_name) = first and lower(contact.last_name) = last
    where contact.account_id = ${context.accountId}::uuid
    union
    select first, last from sought
    join "user" on lower("user".first_name) = first and lower("user".last_name) = last
    where "user".account_id = ${context.accountId}::uuid`
  const keys = new Set(shared.map(({ first, last }) => `${first} ${last}`))
  return ({ firstName, lastName }) => keys.has(`${firstName?.toLowerCase()} ${lastName?.toLowerCase()}`)
}
