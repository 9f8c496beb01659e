import { type Context, inAccount } from '@envoi/core'
import { type NewConsent, recordConsent } from '@envoi/core/consents/record-consent'
import { createPurpose, type NewPurpose } from '@envoi/core/purposes/create-purpose'
import type { TestPlatform } from '../support/platform.ts'

/** An account of one's own in the test's database, as one of its API keys. */
export async function openContext(platform: TestPlatform): Promise<Context> {
  const request = { ...platform, action: 'test', requestId: null, address: null, userAgent: null }
  const context = inAccount(request, platform.newId(), { type: 'api_key', id: platform.newId() })
  const now = platform.clock.now()
  await platform.db.account.create({
    data: {
      id: context.accountId,
      name: 'Atelier Ada',
      locale: 'fr-FR',
      timezone: 'Europe/Paris',
      termsVersion: '2026-01',
      termsAcceptedAt: now,
      createdAt: now,
      updatedAt: now,
    },
  })
  return context
}

export async function addContact(context: Context, data: Record<string, unknown> = {}): Promise<string> {
  const id = context.newId()
  const now = context.clock.now()
  const email = `${id}@example.com`
  await context.db.contact.create({
    data: { ...context.scope, id, email, originSource: 'test', createdAt: now, updatedAt: now, ...data },
  })
  return id
}

export const newsletter: NewPurpose = {
  key: 'newsletter',
  name: 'Newsletter',
  description: 'About once a month.',
  legalBasis: 'consent',
  eprivacyGround: 'opt_in',
  channels: ['email', 'sms'],
  retention: 'P3Y',
  policyText: 'I agree to receive the newsletter.',
  policyVersion: '1',
}

export const addPurpose = (context: Context, change: Partial<NewPurpose> = {}) =>
  createPurpose(context, { ...newsletter, ...change })

/** Says something about the newsletter by email, now, unless told otherwise. */
export function say(
  context: Context,
  contactId: string,
  state: NewConsent['state'],
  change: { purpose?: string; channel?: 'email' | 'sms'; evidence?: Partial<NewConsent['evidence']> } = {},
) {
  const collectedAt = context.clock.now().toISOString()
  return recordConsent(context, contactId, {
    purpose: change.purpose ?? 'newsletter',
    channel: change.channel ?? 'email',
    state,
    evidence: { source: 'form', collectedAt, text: 'I agree.', textVersion: '1', ...change.evidence },
  })
}
