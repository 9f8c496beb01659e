/** A person of whom everything is held that the platform can hold. */
import { asSystem } from '@envoi/core'
import { recordRows } from '@envoi/core/records/record-rows'
import type { TestAccount, TestServer } from '../support/fixture.ts'
import { searchFor } from './traces.ts'

export const person = {
  email: 'zephyrine.quetzal@example.com',
  phone: '+33612345678',
  externalId: 'crm-zq-4711',
  firstName: 'Zéphyrine',
  lastName: 'Quetzal',
}

/** Creates the person, with a trace of it in as many tables as there are. Returns its id. */
export async function createPerson({
  server,
  account,
  drain,
}: {
  server: TestServer
  account: TestAccount
  drain: () => Promise<void>
}): Promise<string> {
  const { api } = account
  const { db, newId } = server.platform
  const list = await api.lists.create({ name: 'Spring fair' })
  await api.fields.create({ key: 'note', label: 'Note', type: 'text' })
  await addPurpose(account)
  const { id } = await api.contacts.create({ ...person, attributes: { note: 'Quetzal likes tea' } })
  await api.contacts.upsertByEmail(person.email, { locale: 'fr' })
  await api.contacts.batch({ contacts: [{ ...person, timezone: 'Europe/Paris' }], onConflict: 'update' })
  await api.lists.addMembers(list.id, { emails: [person.email] })
  await api.consents.record(id, {
    purpose: 'newsletter',
    channel: 'email',
    state: 'granted',
    evidence: {
      source: 'form',
      collectedAt: '2026-01-01T10:00:00Z',
      text: 'I agree',
      textVersion: '1',
      ip: '192.0.2.177',
      url: 'https://example.com/?name=quetzal',
    },
  })
  await importRejected(account, drain)
  await nameInRules(account)
  const scope = { accountId: account.id }
  const now = new Date()
  const fingerprint = new Uint8Array(32)
  const suppressionId = newId()
  await db.suppression.create({
    data: {
      ...scope,
      id: suppressionId,
      channel: 'sms',
      fingerprint,
      value: person.phone,
      reason: 'unsubscribe',
      createdAt: now,
    },
  })
  await recordRows(asSystem(server.platform, account.id, 'test'), 'suppression', [suppressionId])
  const message = { ...scope, contactId: id, channel: 'email', nextAttemptAt: now, stateAt: now } as const
  const messageId = newId()
  await db.message.create({
    data: { ...message, id: messageId, state: 'sent', smtpCode: 250, enhancedCode: '2.0.0', sentAt: now },
  })
  const { id: purposeId } = await db.purpose.findFirstOrThrow({ where: scope })
  const mail = { ...scope, id: newId(), kind: 'consents.confirm', contactId: id, purposeId }
  await db.systemMail.create({
    data: { ...mail, state: 'sent', address: fingerprint, nextAttemptAt: now, stateAt: now, createdAt: now },
  })
  const event = { ...scope, contactId: id, messageId, type: 'message.opened', occurredAt: now }
  await db.event.create({ data: { ...event, id: newId(), source: 'unknown', reasons: ['image_proxy'] } })
  await db.eventInbox.create({ data: { ...event, id: newId(), hints: ['prefetch'] } })
  await db.outbox.create({
    data: {
      ...scope,
      id: newId(),
      name: 'consents.confirm',
      payload: { contactId: id },
      runAt: new Date('2100-01-01'),
      createdAt: now,
    },
  })
  return id
}

export const addPurpose = ({ api }: TestAccount) =>
  api.purposes.create({
    key: 'newsletter',
    name: 'Newsletter',
    description: 'About once a month',
    legalBasis: 'consent',
    eprivacyGround: 'opt_in',
    channels: ['email', 'sms'],
    retention: 'P3Y',
    policyText: 'I agree',
    policyVersion: '1',
  })

/** The account itself has written the person down: in a rule, and in what a campaign says. */
async function nameInRules({ api }: TestAccount) {
  const { email, phone, externalId } = person
  const is = (field: string, value: string) => ({ field, op: 'eq' as const, value })
  await api.segments.create({
    name: 'One person',
    rule: { any: [is('email', email), is('phone', phone), is('externalId', externalId)] },
  })
  const sender = await api.senders.create({ email: 'news@sender.example', name: 'Ada' })
  await api.campaigns.create({
    name: 'November',
    channel: 'email',
    purpose: 'newsletter',
    sender: sender.id,
    content: { subject: 'Hello', html: `<p><a href="mailto:${email}">${email.toUpperCase()}</a></p>` },
  })
}

/** Rows about the person that an import refused, each with another of its spellings, and one about somebody else. */
async function importRejected({ api }: TestAccount, drain: () => Promise<void>) {
  const { id } = await api.imports.create({
    format: 'csv',
    columns: { Email: 'email', Phone: 'phone', First: 'firstName', Last: 'lastName' },
    onConflict: 'update',
    origin: { source: 'old file' },
  })
  const file = [
    'Email,Phone,First,Last',
    'ZEPHYRINE.Quetzal@EXAMPLE.com,123,Z,Q',
    'not an address,06 12 34 56 78,Z,Q',
    'not an address,,ZEPHYRINE,quetzal',
    'mailto:zephyrine.quetzal@example.com,,Z,Q',
    'grace@,,Grace,Hopper',
  ].join('\n')
  await api.imports.upload(id, file)
  await drain()
}

/** Those lines which show the person. */
export const linesAbout = searchFor([
  'zephyrine',
  'zéphyrine',
  'quetzal',
  ...Object.values(person),
  '612345678',
  '6 12 34 56 78',
  '192.0.2.177',
])
