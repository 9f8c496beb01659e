import type { Consent, ConsentEvent, Purpose } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { speaksFor } from '../tracking/address-mark.ts'
import type { ConfirmToken } from '../tracking/token.ts'

/** How long a confirmation link works. */
export const confirmationDays = 7

/** A confirmed double opt-in names itself so in the ledger. */
export const doubleOptIn = 'double opt-in'

export interface Confirmation {
  account: { name: string; locale: string; legal: unknown }
  contact: { email: string | null; locale: string | null }
  purpose: Purpose
  /** The ledger line that the link is about, with the words that were agreed to. */
  pending: ConsentEvent
  /** `superseded`: since then the person has changed their mind, or their address. */
  status: 'waiting' | 'confirmed' | 'expired' | 'superseded'
}

/** Reads what a confirmation link is about; changes nothing. 404 when the contact or the purpose is gone. */
export async function readConfirmation(context: Context, token: ConfirmToken): Promise<Confirmation> {
  const { contactId, purposeId, consentEventId } = token
  const key = { ...context.scope, contactId, purposeId, channel: 'email' as const }
  const account = await context.db.account.findUnique({ where: { id: context.accountId } })
  const consent = await context.db.consent.findUnique({
    where: { accountId_contactId_purposeId_channel: key },
    include: { contact: true, purpose: true },
  })
  const pending = await context.db.consentEvent.findUnique({
    where: { accountId_id: { ...context.scope, id: consentEventId }, contactId },
  })
  if (account === null || consent === null || pending === null) throw new DomainError('not_found')
  const { contact, purpose } = consent
  const about = { account, contact, purpose, pending }
  return { ...about, status: await statusOf(context, token, consent, pending) }
}

async function statusOf(
  context: Context,
  token: ConfirmToken,
  consent: Consent & { contact: { email: string | null } },
  pending: ConsentEvent,
): Promise<Confirmation['status']> {
  // a mailbox speaks for its own address only, and is told nothing of another
  if (!speaksFor(context, token, consent.contact)) return 'superseded'
  if (await isConfirmed(context, consent, pending)) return 'confirmed'
  if (consent.state !== 'pending' || (await isReconsidered(context, pending))) return 'superseded'
  const expiresAt = pending.recordedAt.getTime() + confirmationDays * 86_400_000
  return context.clock.now().getTime() > expiresAt ? 'expired' : 'waiting'
}

/** Whether the line that stands now is the confirmation of this one. */
async function isConfirmed(context: Context, consent: Consent, pending: ConsentEvent): Promise<boolean> {
  if (consent.state !== 'granted') return false
  const line = await context.db.consentEvent.findUnique({
    where: { accountId_id: { ...context.scope, id: consent.eventId } },
  })
  return line !== null && line.source === doubleOptIn && line.sequence > pending.sequence
}

/**
 * Whether the person has said anything but yes since. Who only asked again may use either link: each confirms the words of its
 * own request, and the later mail may be late, or not sent at all because there was one within the hour.
 */
async function isReconsidered(context: Context, pending: ConsentEvent): Promise<boolean> {
  const { contactId, purposeKey, channel, sequence } = pending
  const other = await context.db.consentEvent.findFirst({
    where: {
      ...context.scope,
      contactId,
      purposeKey,
      channel,
      sequence: { gt: sequence },
      state: { not: 'pending' },
    },
    select: { id: true },
  })
  return other !== null
}
