import { type ConsentState, Prisma } from '@envoi/prisma'
import { ground } from '../consents/ground.sql.ts'

/**
 * Whether a campaign's message may leave for a contact: the ground of the law (`ground`), and for an account in trial only
 * addresses that its users have proven to be theirs. `from` and `reason` are used like those of `ground`; the alias
 * `sending_account` is taken too.
 */
export function eligibility(
  contact: Prisma.Sql,
  purposeId: string | Prisma.Sql,
  supposing?: ConsentState,
): { from: Prisma.Sql; reason: Prisma.Sql } {
  const { from, reason } = ground({
    contact,
    purposeId: Prisma.sql`${purposeId}::uuid`,
    channel: Prisma.sql`'email'::channel`,
    supposing,
  })
  return {
    from: Prisma.sql`${from} join account as sending_account on sending_account.id = ${contact}.account_id`,
    reason: Prisma.sql`coalesce(${reason}, case
      when sending_account.status = 'trial' and not exists (
        select from "user"
        where "user".account_id = ${contact}.account_id and "user".email = ${contact}.email
          and "user".status = 'active' and "user".email_verified_at is not null
      ) then 'trial_restricted'
    end)`,
  }
}
