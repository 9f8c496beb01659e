/** States of an account in which something is refused. */
import { trialContacts } from '@envoi/core/accounts/trial-contacts'
import type { Envoi } from '@envoi/sdk'
import { newsletter } from '../support/audience.ts'
import type { Scene } from './make.ts'
import * as make from './make.ts'

export const ada = { email: 'ada@example.com' }
export const taken = { name: 'Taken' }
export const rule = { field: 'email', op: 'exists' }
export const template = { name: 'Taken', channel: 'email', subject: 'x', html: '<p>x</p>' }
export const purpose = {
  key: 'taken',
  name: 'News',
  description: 'x',
  legalBasis: 'consent',
  eprivacyGround: 'opt_in',
  channels: ['email'],
  retention: 'P3Y',
  policyText: 'x',
  policyVersion: '1',
}

/** As many contacts as a trial may hold, in one call. */
export async function fillTrial(api: Envoi): Promise<void> {
  const contacts = Array.from({ length: trialContacts }, (_, n) => ({ email: `full-${n}@example.com` }))
  await api.contacts.batch({ contacts, onConflict: 'update' })
}

export async function erased({ account: { api } }: Scene): Promise<void> {
  await api.contacts.delete((await api.contacts.create({ ...ada, externalId: 'crm-1' })).id)
}

/** A field of a special category that may not be filled any more, its purpose resting on something else now. */
export async function unlawfulField({ account: { api } }: Scene): Promise<void> {
  await api.purposes.create(purpose as never)
  const { key } = purpose
  await api.fields.create({ key: 'diet', label: 'Diet', type: 'text', specialCategory: true, purpose: key })
  await api.purposes.update(key, {
    legalBasis: 'legitimate_interests',
    eprivacyGround: 'soft_opt_in',
    assessment: 'LIA-1',
  })
}

/** A segment whose rule asks for a purpose that has gone: it was deleted at the moment at which the segment was made. */
export async function brokenSegment(scene: Scene): Promise<string> {
  const { api } = scene.account
  const key = await make.purpose(scene)
  const consent = { purpose: key, channel: 'email', state: 'granted' } as const
  const { id } = await api.segments.create({ name: 'Broken', rule: { consent } })
  const { platform } = scene.server
  await platform.db.purpose.deleteMany({ where: { accountId: scene.account.id, key } })
  return id
}

export async function withTaken(
  { account: { api } }: Scene,
  kind: 'lists' | 'segments' | 'templates',
): Promise<string> {
  if (kind === 'lists') {
    await api.lists.create(taken)
    return (await api.lists.create({ name: 'Other' })).id
  }
  if (kind === 'segments') {
    await api.segments.create({ ...taken, rule } as never)
    return (await api.segments.create({ name: 'Other', rule } as never)).id
  }
  await api.templates.create(template as never)
  return (await api.templates.create({ ...template, name: 'Other' } as never)).id
}

/** A campaign that lacks what the law asks for: a way to unsubscribe. */
export async function unlawfulCampaign(scene: Scene): Promise<string> {
  const id = await make.sendableCampaign(scene)
  const content = { ...newsletter, html: '<p>No way out</p>' }
  await scene.account.api.campaigns.update(id, { template: null, content })
  return id
}
