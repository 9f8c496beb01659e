import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import type { Result } from '../delivery/result.ts'
import { strikeOff } from '../delivery/strike-off.sql.ts'

export type MailResult = Result & {
  /** Fingerprint of where it went; null when it did not. */
  address: Uint8Array<ArrayBuffer> | null
}

/**
 * Writes down how hand-offs ended. One that was given up as `unknown` meanwhile is put right when it has an outcome after
 * all; a row that is gone (an erasure) stays gone.
 */
export async function recordMailResults(context: Context, results: readonly MailResult[]): Promise<void> {
  const { accountId } = context
  const now = context.clock.now()
  const column = <T>(value: (result: MailResult) => T) => results.map(value)
  const dead = results.flatMap(({ deadAddress, contactId }) =>
    deadAddress === null ? [] : [{ contactId, email: deadAddress }],
  )
  await context.db.$executeRaw`
    with ${strikeOff(context, dead)}
    , settled as (
    update system_mail
    set
      state = case
        when result.state <> 'released' then result.state::message_state
        when system_mail.reason is null then 'queued'
        else 'deferred'
      end,
      reason = case when result.state = 'released' then system_mail.reason else result.reason end,
      address = result.address,
      smtp_code = result.smtp_code,
      enhanced_code = result.enhanced_code,
      attempts = system_mail.attempts - (not result.is_attempt)::integer,
      first_attempt_at = case
        when result.state = 'deferred' and result.is_attempt
        then coalesce(system_mail.first_attempt_at, ${now}::timestamptz)
        else system_mail.first_attempt_at
      end,
      next_attempt_at = coalesce(result.next_attempt_at, system_mail.next_attempt_at),
      sent_at = case when result.state = 'sent' then ${now}::timestamptz end,
      state_at = ${now}::timestamptz
    from unnest(
      ${column(({ id }) => id)}::uuid[],
      ${column(({ state }) => state)}::text[],
      ${column(({ reason }) => reason)}::text[],
      ${Prisma.sql`${column(({ address }) => address)}::bytea[]`},
      ${column(({ code }) => code)}::integer[],
      ${column(({ enhancedCode }) => enhancedCode)}::text[],
      ${column(({ nextAttemptAt }) => nextAttemptAt)}::timestamptz[],
      ${column(({ isAttempt }) => isAttempt)}::boolean[]
    ) as result (id, state, reason, address, smtp_code, enhanced_code, next_attempt_at, is_attempt)
    where system_mail.account_id = ${accountId}::uuid and system_mail.id = result.id
      and (
        system_mail.state = 'sending'
        -- given up: there may be no job any more that would send it after all
        or system_mail.state = 'unknown' and result.state not in ('released', 'deferred')
      )
    returning system_mail.id, system_mail.kind, system_mail.purpose_id, system_mail.address, system_mail.state
    )
    -- what its address has got is counted apart: the row goes with its contact, who can be created again
    insert into limited_act (account_id, id, kind, subject, about, at)
    select ${accountId}::uuid, id, kind, address, purpose_id, ${now}::timestamptz
    from settled
    where state in ('sent', 'unknown') and address is not null
    on conflict do nothing`
}
