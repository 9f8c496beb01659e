import { type ConsentState, Prisma } from '@envoi/prisma'
import { standingState } from './standing-state.sql.ts'

/** Why a contact may not get a message. */
export const groundReasons = [
  'no_address',
  'restricted',
  'objection',
  'consent_missing',
  'consent_pending',
  'consent_withdrawn',
  'consent_refused',
  'consent_lapsed',
  'suppressed',
  'undeliverable',
] as const

export type GroundReason = (typeof groundReasons)[number]

/**
 * THE definition of "may this contact get a message for this purpose by this channel now, and else why not".
 *
 * `from` goes behind the contact in a from clause, `reason` is an expression: null when the message may leave, else the reason
 * code (text). Nothing about it is cached: it says what is committed when its statement begins, so the same fragment freezes an
 * audience and checks each message again just before hand-off.
 *
 * ```ts
 * const channel = Prisma.sql`'email'::channel`
 * const { from, reason } = ground({ contact: Prisma.sql`contact`, purposeId: Prisma.sql`${id}::uuid`, channel })
 * Prisma.sql`select contact.id, ${reason} as reason from contact ${from} where contact.account_id = ${accountId}::uuid`
 * ```
 *
 * `contact` is the alias of a row of `contact`; `purposeId` and `channel` are expressions, which may be columns of tables joined
 * before (`campaign.purpose_id`), of types uuid and channel. The aliases `ground_purpose` and `ground_consent` are taken.
 *
 * The rules, by the purpose's grounds (directive 2002/58/EC art. 13, in France CPCE art. L. 34-5; GDPR art. 6, 18, 21):
 * - `opt_in`, or the legal basis `consent`: only with a consent that is granted;
 * - `soft_opt_in`, `b2b_professional`, `legitimate_interests`, `public_task`: unless the person said no;
 * - `non_marketing` that the contract, the law or a vital interest commands: whatever the consents; only an address that is
 *   dead, or that nobody must write to, stops it.
 * Restriction stops everything; an objection to marketing stops all marketing. A yes holds for the address that it was given
 * for and no other (`standingState`); a no holds whatever the address.
 *
 * `supposing`: answers for another state of the consent than the one it has, as "would it leave if the person confirmed".
 */
export function ground(of: {
  contact: Prisma.Sql
  purposeId: Prisma.Sql
  channel: Prisma.Sql
  supposing?: ConsentState
}): { from: Prisma.Sql; reason: Prisma.Sql } {
  const { contact, purposeId, channel, supposing } = of
  const address = Prisma.sql`case ${channel} when 'email' then ${contact}.email when 'sms' then ${contact}.phone end`
  const told = supposing === undefined ? null : Prisma.sql`${supposing}::consent_state`
  const given = told ?? Prisma.sql`ground_consent.state`
  const state = told ?? standingState(Prisma.sql`ground_consent`, Prisma.sql`${contact}.id`, address)
  const { isMarketing, needsConsent, canBeRefused } = groundsOf(Prisma.sql`ground_purpose`)
  const from = Prisma.sql`
    join purpose as ground_purpose
      on ground_purpose.account_id = ${contact}.account_id and ground_purpose.id = ${purposeId}
    -- one probe per contact, by the primary key: "is not distinct from" keeps other indexes out of the choice, which with
    -- stale statistics read every consent of the purpose, or every suppression of the channel, for each batch
    left join lateral (
      select state, address_mark
      from consent
      where consent.account_id = ${contact}.account_id and consent.contact_id = ${contact}.id
        and consent.purpose_id is not distinct from ground_purpose.id and consent.channel = ${channel}
      limit 1
    ) as ground_consent on true`
  // EXISTS, not IN: an index probe whatever the length of the suppression list
  const reason = Prisma.sql`
    case
      when ${address} is null then 'no_address'
      when ${contact}.restricted_at is not null then 'restricted'
      when ${isMarketing} and 'marketing' = any(${contact}.objections) then 'objection'
      when (${needsConsent} or ${canBeRefused}) and ${given} in ('withdrawn', 'refused')
        then 'consent_' || ${given}
      when ${needsConsent} and ${state} is distinct from 'granted'
        then 'consent_' || coalesce(${state}::text, 'missing')
      when exists (
        select from suppression
        where suppression.account_id = ${contact}.account_id
          and suppression.value = ${address}
          and suppression.channel is not distinct from ${channel}
          and (
            suppression.purpose_key = ground_purpose.key
            or (suppression.purpose_key = '' and (${isMarketing} or suppression.reason in ('hard_bounce', 'manual')))
          )
      ) then 'suppressed'
      when ${channel} = 'email' and ${contact}.undeliverable_at is not null then 'undeliverable'
    end`
  return { from, reason }
}

/** What the grounds of a purpose (the alias of its row) come down to: expressions of type boolean. */
export function groundsOf(purpose: Prisma.Sql) {
  const isMarketing = Prisma.sql`(${purpose}.eprivacy_ground <> 'non_marketing')`
  return {
    isMarketing,
    /** Nothing leaves without a consent that is granted. */
    needsConsent: Prisma.sql`(${purpose}.eprivacy_ground = 'opt_in' or ${purpose}.legal_basis = 'consent')`,
    /** The person's no stops it, though it needs no yes. */
    canBeRefused: Prisma.sql`(${isMarketing} or ${purpose}.legal_basis in ('legitimate_interests', 'public_task'))`,
  }
}
