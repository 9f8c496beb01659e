import { type Channel, type ConsentState, Prisma, type TrackingConsent } from '@envoi/prisma'
import { groundsOf } from '../consents/ground.sql.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/** A purpose by a channel, as the person can choose it. */
export interface Choice {
  purposeKey: string
  purposeName: string
  description: string
  policyText: string
  policyVersion: string
  channel: Channel
  needsConsent: boolean
  /** What was said last; null: nothing. */
  state: ConsentState | null
  /** The person asked by another way (an imported list, a complaint) that nothing be sent to this address. */
  isBarred: boolean
  /** Whether it is on, as far as the person is concerned. Never more than they said. */
  isOn: boolean
}

/** Names a choice: `newsletter email`. */
export const choiceKey = ({ purposeKey, channel }: Choice): string => `${purposeKey} ${channel}`

export interface Preferences {
  account: { name: string; locale: string; legal: unknown }
  contact: { id: string; email: string | null; phone: string | null; locale: string | null }
  choices: Choice[]
  tracking: TrackingConsent
  objections: string[]
}

/**
 * What a person may decide about themselves: every purpose that rests on their yes or gives way to their no, by every channel
 * they can be reached by. What the contract or the law commands is not theirs to choose, and is not shown.
 */
export async function readPreferences(context: Context, contactId: string): Promise<Preferences> {
  const account = await context.db.account.findUnique({ where: { id: context.accountId } })
  const contact = await context.db.contact.findUnique({
    where: { accountId_id: { ...context.scope, id: contactId } },
  })
  if (account === null || contact === null) throw new DomainError('not_found')
  return {
    account,
    contact: { id: contact.id, email: contact.email, phone: contact.phone, locale: contact.locale },
    choices: await readChoices(context, contactId),
    tracking: contact.tracking,
    objections: contact.objections,
  }
}

export async function readChoices(context: Context, contactId: string): Promise<Choice[]> {
  const { needsConsent, canBeRefused } = groundsOf(Prisma.sql`purpose`)
  const { accountId } = context
  return context.db.$queryRaw<Choice[]>`
    with choice as (
      select
        purpose.id as purpose_id,
        purpose.key as "purposeKey",
        purpose.name as "purposeName",
        purpose.description,
        purpose.policy_text as "policyText",
        purpose.policy_version as "policyVersion",
        medium.channel,
        ${needsConsent} as "needsConsent",
        consent.state,
        exists (
          select from suppression
          where suppression.account_id = ${accountId}::uuid
            and suppression.value = address.value
            and suppression.channel = medium.channel
            and suppression.reason in ('unsubscribe', 'complaint')
            and suppression.purpose_key in ('', purpose.key)
        ) as "isBarred"
      from contact
      join purpose on purpose.account_id = ${accountId}::uuid and (${needsConsent} or ${canBeRefused})
      cross join lateral unnest(purpose.channels) as medium (channel)
      cross join lateral (select case medium.channel when 'email' then contact.email else contact.phone end) as address (value)
      left join consent
        on consent.account_id = ${accountId}::uuid and consent.contact_id = contact.id
        and consent.purpose_id = purpose.id and consent.channel = medium.channel
      where contact.account_id = ${accountId}::uuid and contact.id = ${contactId}::uuid and address.value is not null
    )
    select
      *,
      not "isBarred" and case
        when "needsConsent" then state is not distinct from 'granted'
        else state is null or state in ('granted', 'pending', 'lapsed')
      end as "isOn"
    from choice
    order by "purposeName", "purposeKey", channel`
}
