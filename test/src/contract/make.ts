/** One valid resource of each kind; each returns its id. */
import { randomBytes } from 'node:crypto'
import { audienceOf, verifiedSender } from '../support/audience.ts'
import type { TestAccount, TestServer } from '../support/fixture.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'

export interface Scene {
  server: TestServer
  account: TestAccount
}

const unique = () => randomBytes(4).toString('hex')

export async function contact({ account }: Scene): Promise<string> {
  return (await account.api.contacts.create({ email: `ada-${unique()}@example.com` })).id
}

export async function field({ account }: Scene): Promise<string> {
  return (await account.api.fields.create({ key: `f${unique()}`, label: 'Country', type: 'text' })).id
}

export async function list({ account }: Scene): Promise<string> {
  return (await account.api.lists.create({ name: unique() })).id
}

export async function erasure(scene: Scene): Promise<string> {
  return (await scene.account.api.contacts.delete(await contact(scene))).id
}

export async function senderDomain({ account }: Scene): Promise<string> {
  return (await account.api.senderDomains.create({ domain: `${unique()}.example` })).id
}

export async function sender({ account }: Scene): Promise<string> {
  return (await account.api.senders.create({ email: `news@${unique()}.example`, name: 'Ada' })).id
}

export async function template({ account }: Scene): Promise<string> {
  const html = '<p>Bonjour {{ contact.firstName }} <a href="{{ unsubscribeUrl }}">Se désabonner</a></p>'
  return (await account.api.templates.create({ name: unique(), channel: 'email', subject: 'Bonjour', html }))
    .id
}

export async function purpose({ account }: Scene): Promise<string> {
  const { key } = await account.api.purposes.create({
    key: `newsletter-${unique()}`,
    ...newsletterPurpose,
  })
  return key
}

/** A contact who has agreed to a purpose by email. */
export async function consent(scene: Scene): Promise<{ contact: string; purpose: string }> {
  const made = { contact: await contact(scene), purpose: await purpose(scene) }
  await scene.account.api.consents.record(made.contact, {
    purpose: made.purpose,
    channel: 'email',
    state: 'granted',
    evidence: evidence(),
  })
  return made
}

export const evidence = () => ({
  source: 'form',
  collectedAt: new Date().toISOString(),
  text: 'We write to you once a month.',
  textVersion: '1',
})

export async function suppression({ account }: Scene): Promise<string> {
  const value = `${unique()}@example.com`
  return (await account.api.suppressions.create({ channel: 'email', value, reason: 'manual' })).id
}

/** A contact who objects to marketing. */
export async function objecting(scene: Scene): Promise<string> {
  const id = await contact(scene)
  await scene.account.api.objections.create(id, { kind: 'marketing', evidence: evidence() })
  return id
}

/** A contact whose processing is restricted. */
export async function restricted(scene: Scene): Promise<string> {
  const id = await contact(scene)
  const receivedAt = new Date().toISOString()
  await scene.account.api.restriction.create(id, { reason: 'legal_claims', source: 'letter', receivedAt })
  return id
}

/** A contact who agrees to be tracked. */
export async function tracked(scene: Scene): Promise<string> {
  const id = await contact(scene)
  await scene.account.api.tracking.record(id, { state: 'granted', evidence: evidence() })
  return id
}

export async function campaign(scene: Scene): Promise<string> {
  const { id } = await scene.account.api.campaigns.create({
    name: 'November',
    channel: 'email',
    purpose: await purpose(scene),
    sender: await sender(scene),
    template: await template(scene),
  })
  return id
}

/** One that nothing stands against. */
export async function sendableCampaign(scene: Scene): Promise<string> {
  const { purpose: key, list } = await audienceOf(scene.server, scene.account, 1)
  const { id } = await scene.account.api.campaigns.create({
    name: 'November',
    channel: 'email',
    purpose: key,
    lists: [list],
    sender: await verifiedSender(scene.server, scene.account),
    template: await template(scene),
  })
  return id
}

export async function sendingCampaign(scene: Scene): Promise<string> {
  const id = await sendableCampaign(scene)
  await scene.account.api.campaigns.send(id)
  return id
}

/** One that waits for its file. */
export async function anImport({ account }: Scene): Promise<string> {
  const { id } = await account.api.imports.create({
    format: 'csv',
    columns: { Email: 'email' },
    onConflict: 'update',
    origin: { source: 'newsletter form' },
  })
  return id
}

export async function segment({ account }: Scene): Promise<string> {
  return (await account.api.segments.create({ name: unique(), rule })).id
}

const rule = { field: 'email', op: 'exists' as const, value: true }

/** The account is being closed from here on. */
export async function closing({ account: { api, ownerPassword: password } }: Scene) {
  const { name } = await api.account.get()
  return api.accountClosure.request({ confirm: name, password })
}
