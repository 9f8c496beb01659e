import { Prisma } from '@envoi/prisma'

/**
 * What a state of consent comes to for the address that the contact has now: a yes that was given for another is `lapsed`
 * (docs/decisions/0049). Whoever changes an address writes that down in the same transaction (`followAddresses`), so that the
 * two agree; what lets a message leave does not rely on it.
 *
 * `consent`: the alias of a row of `consent`; `address`: the contact's, on the row's channel.
 */
export function standingState(consent: Prisma.Sql, contactId: Prisma.Sql, address: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`case
    when ${consent}.state in ('granted', 'pending')
      and ${consent}.address_mark is distinct from envoi_address_mark(${contactId}, ${address})
    then 'lapsed'
    else ${consent}.state
  end`
}
