/** How each operation comes to refuse by a rule of its own: `<operation> <code>`, and a call that meets it. */
import { trialDomains } from '@envoi/core/senders/create-sender-domain'
import { drain } from '@envoi/workers'
import { operatorToken } from '../support/fixture.ts'
import { confirmOwner } from '../users/people.ts'
import type { DeclaredRefusal } from './declared-refusals.ts'
import { loginRefusals } from './login-refusals.ts'
import type { Scene } from './make.ts'
import * as make from './make.ts'
import { oauthRefusals } from './oauth-refusals.ts'
import { after, ask, call, of, type Refusal, twice } from './refusal-calls.ts'
import {
  ada,
  brokenSegment,
  erased,
  fillTrial,
  purpose,
  rule,
  taken,
  template,
  unlawfulCampaign,
  unlawfulField,
  withTaken,
} from './refusal-scenes.ts'
import { resumedByTestKey } from './test-mode-scenes.ts'
import { userRefusals } from './user-refusals.ts'

const contact = (rest = '') => of('/v1/contacts', make.contact, rest)

const badRule = { list: '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d' }
const evidence = (changes = {}) => ({ ...make.evidence(), ...changes })
const apiKey = async ({ account: { api } }: Scene) =>
  (await api.apiKeys.create({ name: 'key', role: 'analyst' })).id
const future = '2100-01-01T00:00:00.000Z'
const hostile = '{% include "x" %}'
const account = {
  name: 'Atelier',
  locale: 'fr-FR',
  timezone: 'Europe/Paris',
  owner: { email: 'owner@example.com', firstName: 'A', lastName: 'B' },
  termsVersion: '2026-01',
}

const trial =
  (action: string, body?: unknown): Refusal =>
  async ({ server }) => {
    const scene = { server, account: await server.openAccount({ trial: true }) }
    return ask(scene, `/v1/campaigns/${await make.sendableCampaign(scene)}/${action}`, {
      method: 'POST',
      body,
    })
  }

/** In an account that holds all that a trial may. */
const onFullTrial =
  (method: string, path: string, body: unknown): Refusal =>
  async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    await fillTrial(account.api)
    return ask({ server, account }, path, { method, body })
  }

const soon = { at: '2100-01-01T00:00:00.000Z' }
const campaign = (kind: (scene: Scene) => Promise<string>, rest = '') => of('/v1/campaigns', kind, rest)
const inUse = (root: string, user: (scene: Scene) => Promise<string>) => call('DELETE', of(root, user))

/** What a campaign refers to. */
const usedBy = (key: 'sender' | 'template') => async (scene: Scene) =>
  String((await scene.account.api.campaigns.get(await make.campaign(scene)))[key])

/** What the operator does to an account, in a state that leaves no place for it. */
const reviewed =
  (status: 'trial' | 'active' | 'suspended' | 'closing', action: string, body?: unknown): Refusal =>
  async (scene) => {
    const { id } = scene.account
    await scene.server.platform.db.account.update({ where: { id }, data: { status } })
    return ask(scene, `/v1/operator/accounts/${id}/${action}`, { method: 'POST', token: operatorToken, body })
  }

export const refusals: Record<DeclaredRefusal, Refusal> = {
  'accounts.create invalid': call('POST', '/v1/accounts', { ...account, termsVersion: '1999' }),
  'account.update invalid': call('PATCH', '/v1/account', { timezone: 'Europe/Atlantis' }),
  'accountClosure.request invalid': call('POST', '/v1/account/closure', {
    confirm: 'Another name',
    password: 'guessed it',
  }),
  ...userRefusals,
  'apiKeys.create invalid': call('POST', '/v1/api-keys', { name: 'neither role nor permissions' }),
  'apiKeys.rotate invalid': call('POST', of('/v1/api-keys', apiKey, '/rotate'), { overlap: 'P1Y' }),
  ...oauthRefusals,
  'contacts.create invalid': call('POST', '/v1/contacts', { email: 'nonsense' }),
  'contacts.create trial_restricted': onFullTrial('POST', '/v1/contacts', ada),
  'contacts.upsertByExternalId trial_restricted': onFullTrial('PUT', '/v1/contacts/by-external-id/1', {}),
  'contacts.upsertByEmail trial_restricted': onFullTrial('PUT', '/v1/contacts/by-email/ada@example.com', {}),
  'contacts.batch trial_restricted': onFullTrial('POST', '/v1/contacts/batch', {
    contacts: [ada],
    onConflict: 'update',
  }),
  'contacts.create conflict': twice('/v1/contacts', ada),
  'contacts.create contact_erased': after(erased, call('POST', '/v1/contacts', ada)),
  'contacts.create instruction_may_infringe': after(
    unlawfulField,
    call('POST', '/v1/contacts', { ...ada, attributes: { diet: 'vegan' } }),
  ),
  'contacts.list invalid': call('GET', async (scene) => `/v1/contacts?segment=${await brokenSegment(scene)}`),
  'contacts.update invalid': call('PATCH', contact(), { email: 'nonsense' }),
  'contacts.update conflict': after(
    ({ account: { api } }) => api.contacts.create(ada),
    call('PATCH', contact(), ada),
  ),
  'contacts.update contact_erased': after(erased, call('PATCH', contact(), ada)),
  'contacts.update instruction_may_infringe': after(
    unlawfulField,
    call('PATCH', contact(), { attributes: { diet: 'vegan' } }),
  ),
  'contacts.upsertByExternalId invalid': call('PUT', '/v1/contacts/by-external-id/1', { email: 'nonsense' }),
  'contacts.upsertByExternalId conflict': after(
    ({ account: { api } }) => api.contacts.create(ada),
    call('PUT', '/v1/contacts/by-external-id/2', ada),
  ),
  'contacts.upsertByExternalId contact_erased': after(
    erased,
    call('PUT', '/v1/contacts/by-external-id/crm-1', {}),
  ),
  'contacts.upsertByExternalId instruction_may_infringe': after(
    unlawfulField,
    call('PUT', '/v1/contacts/by-external-id/1', { attributes: { diet: 'vegan' } }),
  ),
  'contacts.upsertByEmail invalid': call('PUT', '/v1/contacts/by-email/nonsense', {}),
  'contacts.upsertByEmail conflict': after(
    ({ account: { api } }) => api.contacts.create({ externalId: 'crm-1' }),
    call('PUT', '/v1/contacts/by-email/ada@example.com', { externalId: 'crm-1' }),
  ),
  'contacts.upsertByEmail contact_erased': after(
    erased,
    call('PUT', '/v1/contacts/by-email/ada@example.com', {}),
  ),
  'contacts.upsertByEmail instruction_may_infringe': after(
    unlawfulField,
    call('PUT', '/v1/contacts/by-email/ada@example.com', { attributes: { diet: 'vegan' } }),
  ),
  'fields.create invalid': call('POST', '/v1/fields', { key: 'toString', label: 'x', type: 'text' }),
  'fields.create conflict': twice('/v1/fields', { key: 'taken', label: 'x', type: 'text' }),
  'fields.create instruction_may_infringe': call('POST', '/v1/fields', {
    key: 'diet',
    label: 'x',
    type: 'text',
    specialCategory: true,
  }),
  'fields.update invalid': call('PATCH', of('/v1/fields', make.field), { choices: ['a'] }),
  'fields.update instruction_may_infringe': call('PATCH', of('/v1/fields', make.field), {
    specialCategory: true,
  }),
  'fields.delete in_use': inUse('/v1/fields', async ({ account: { api } }) => {
    const { id, key } = await api.fields.create({ key: 'city', label: 'City', type: 'text' })
    await api.contacts.create({ ...ada, attributes: { [key]: 'Paris' } })
    return id
  }),
  'lists.create invalid': call('POST', '/v1/lists', { name: 'a\nb' }),
  'lists.create conflict': twice('/v1/lists', taken),
  'lists.update invalid': call('PATCH', of('/v1/lists', make.list), { name: 'a\nb' }),
  'lists.update conflict': call(
    'PATCH',
    of('/v1/lists', (scene) => withTaken(scene, 'lists')),
    taken,
  ),
  'lists.delete in_use': inUse('/v1/lists', async (scene) => {
    const list = await make.list(scene)
    await scene.account.api.segments.create({ name: 'Members', rule: { list } })
    return list
  }),
  'lists.addMembers invalid': call('POST', of('/v1/lists', make.list, '/members'), {}),
  'lists.removeMembers invalid': call('DELETE', of('/v1/lists', make.list, '/members'), {}),
  'purposes.create invalid': call('POST', '/v1/purposes', {
    ...purpose,
    channels: ['sms'],
    doubleOptIn: true,
  }),
  'purposes.create conflict': twice('/v1/purposes', purpose),
  'purposes.create instruction_may_infringe': call('POST', '/v1/purposes', {
    ...purpose,
    legalBasis: 'contract',
  }),
  'purposes.update invalid': call('PATCH', of('/v1/purposes', make.purpose), { policyText: 'Other words' }),
  'purposes.update instruction_may_infringe': call('PATCH', of('/v1/purposes', make.purpose), {
    legalBasis: 'contract',
  }),
  'purposes.delete in_use': inUse('/v1/purposes', async (scene) => (await make.consent(scene)).purpose),
  'consents.record invalid': call('POST', contact('/consents'), async (scene: Scene) => ({
    purpose: await make.purpose(scene),
    channel: 'email',
    state: 'granted',
    evidence: evidence({ collectedAt: future }),
  })),
  'objections.create invalid': call('POST', contact('/objections'), {
    kind: 'marketing',
    evidence: evidence({ collectedAt: future }),
  }),
  'restriction.create invalid': call('POST', contact('/restriction'), {
    reason: 'legal_claims',
    source: 'letter',
    receivedAt: future,
  }),
  'restriction.delete invalid': call(
    'DELETE',
    of('/v1/contacts', make.restricted, `/restriction?informedAt=${future}`),
  ),
  'restriction.delete instruction_may_infringe': call(
    'DELETE',
    of('/v1/contacts', make.restricted, '/restriction'),
  ),
  'tracking.record invalid': call('POST', contact('/tracking'), {
    state: 'granted',
    evidence: evidence({ collectedAt: future }),
  }),
  'suppressions.list invalid': call('GET', '/v1/suppressions?channel=email&value=nonsense'),
  'suppressions.create invalid': call('POST', '/v1/suppressions', {
    channel: 'email',
    value: 'nonsense',
    reason: 'manual',
  }),
  'suppressions.create conflict': twice('/v1/suppressions', {
    channel: 'email',
    value: 'ada@example.com',
    reason: 'manual',
  }),
  'suppressions.delete instruction_may_infringe': call('DELETE', async ({ account: { api } }) => {
    const { id } = await api.suppressions.create({
      channel: 'email',
      value: 'ada@example.com',
      reason: 'unsubscribe',
    })
    return `/v1/suppressions/${id}`
  }),
  'imports.create invalid': call('POST', '/v1/imports', {
    format: 'csv',
    columns: { City: 'attributes.none' },
    onConflict: 'update',
    origin: { source: 'file' },
  }),
  'segments.create invalid': call('POST', '/v1/segments', { name: 'x', rule: badRule }),
  'segments.create conflict': twice('/v1/segments', { ...taken, rule }),
  'segments.preview invalid': call('POST', '/v1/segments/preview', { rule: badRule }),
  'segments.update invalid': call('PATCH', of('/v1/segments', make.segment), { rule: badRule }),
  'segments.update conflict': call(
    'PATCH',
    of('/v1/segments', (scene) => withTaken(scene, 'segments')),
    taken,
  ),
  'segments.count invalid': call('GET', of('/v1/segments', brokenSegment, '/count')),
  'segments.contacts invalid': call('GET', of('/v1/segments', brokenSegment, '/contacts')),
  'segments.delete in_use': inUse('/v1/segments', async (scene) => {
    const segment = await make.segment(scene)
    await scene.account.api.segments.create({ name: 'Outer', rule: { segment } })
    return segment
  }),
  'senderDomains.create invalid': call('POST', '/v1/sender-domains', { domain: 'localhost' }),
  'senderDomains.create trial_restricted': async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    const add = (n: number) =>
      ask({ server, account }, '/v1/sender-domains', { body: { domain: `a${n}.example` } })
    for (let n = 0; n < trialDomains; n += 1) await add(n)
    return add(trialDomains)
  },
  'senderDomains.create conflict': twice('/v1/sender-domains', { domain: 'atelier.example' }),
  'senderDomains.delete in_use': inUse('/v1/sender-domains', async ({ account: { api } }) => {
    const { id } = await api.senderDomains.create({ domain: 'atelier.example' })
    await api.senders.create({ email: 'news@atelier.example', name: 'Ada' })
    return id
  }),
  'senders.create invalid': call('POST', '/v1/senders', { email: 'a@b.example', name: 'a\u202eb' }),
  'senders.create conflict': twice('/v1/senders', { email: 'a@b.example', name: 'Ada' }),
  'senders.update invalid': call('PATCH', of('/v1/senders', make.sender), { name: 'a\u202eb' }),
  'senders.delete in_use': inUse('/v1/senders', usedBy('sender')),
  'templates.create invalid': call('POST', '/v1/templates', { ...template, html: hostile }),
  'templates.create conflict': twice('/v1/templates', template),
  'templates.update invalid': call('PATCH', of('/v1/templates', make.template), { html: hostile }),
  'templates.update conflict': call(
    'PATCH',
    of('/v1/templates', (scene) => withTaken(scene, 'templates')),
    taken,
  ),
  'templates.delete in_use': inUse('/v1/templates', usedBy('template')),
  'templates.render invalid': call('POST', of('/v1/templates', make.template, '/render'), {
    contactId: '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d',
  }),
  'templates.export invalid': call(
    'GET',
    of('/v1/templates', async (scene) => {
      const id = await make.template(scene)
      // stored when the rules were others
      await scene.server.platform.db.template.updateMany({ where: { id }, data: { html: hostile } })
      return `${id}/export`
    }),
  ),
  'campaigns.create invalid': call('POST', '/v1/campaigns', async (scene: Scene) => ({
    name: 'x',
    channel: 'email',
    purpose: 'none',
    sender: await make.sender(scene),
  })),
  'campaigns.update invalid': call('PATCH', campaign(make.campaign), { purpose: 'none' }),
  'campaigns.update campaign_not_draft': call('PATCH', campaign(make.sendingCampaign), { name: 'Late' }),
  'campaigns.delete campaign_not_draft': call('DELETE', campaign(make.sendingCampaign)),
  'campaigns.delete in_use': inUse('/v1/campaigns', async (scene) => {
    const campaign = await make.campaign(scene)
    const rule = { event: { type: 'message.opened' as const, campaign } }
    await scene.account.api.segments.create({ name: 'Readers', rule })
    return campaign
  }),
  'campaigns.test invalid': call('POST', campaign(make.campaign, '/test'), { to: ['stranger@example.com'] }),
  'campaigns.test trial_restricted': async ({ server, account }) => {
    await confirmOwner({ server, account })
    await server.platform.db.account.update({ where: { id: account.id }, data: { dailyQuota: 0 } })
    return ask({ server, account }, `/v1/campaigns/${await make.campaign({ server, account })}/test`, {
      body: { to: [account.ownerEmail] },
    })
  },
  'campaigns.send invalid': call('POST', campaign(make.campaign, '/send')),
  'campaigns.send campaign_not_draft': call('POST', campaign(make.sendingCampaign, '/send')),
  'campaigns.send instruction_may_infringe': call('POST', campaign(unlawfulCampaign, '/send')),
  'campaigns.send trial_restricted': trial('send'),
  'campaigns.schedule invalid': call('POST', campaign(make.sendableCampaign, '/schedule'), {
    at: '2000-01-01T00:00:00.000Z',
  }),
  'campaigns.schedule campaign_not_draft': call('POST', campaign(make.sendingCampaign, '/schedule'), soon),
  'campaigns.schedule instruction_may_infringe': call('POST', campaign(unlawfulCampaign, '/schedule'), soon),
  'campaigns.schedule trial_restricted': trial('schedule', soon),
  'campaigns.pause campaign_not_sending': call('POST', campaign(make.campaign, '/pause')),
  'campaigns.resume campaign_live': resumedByTestKey,
  'campaigns.resume campaign_not_paused': call('POST', campaign(make.campaign, '/resume')),
  'campaigns.cancel campaign_over': call(
    'POST',
    campaign(async (scene) => {
      const id = await make.sendingCampaign(scene)
      await drain(scene.server.platform)
      return `${id}/cancel`
    }),
  ),
  'imports.upload import_has_file': async (scene) => {
    const path = `/v1/imports/${await make.anImport(scene)}/file`
    const upload = { method: 'PUT', headers: { 'content-type': 'text/csv' }, body: 'Email\n' }
    await ask(scene, path, upload)
    return ask(scene, path, upload)
  },
  'imports.cancel import_ended': call(
    'POST',
    of('/v1/imports', async (scene) => {
      const id = await make.anImport(scene)
      await scene.account.api.imports.upload(id, 'Email\nada@example.com\n')
      await drain(scene.server.platform)
      return `${id}/cancel`
    }),
  ),
  ...loginRefusals,
  'operator.approveAccount invalid': reviewed('trial', 'approve', { waive: ['company'] }),
  'operator.approveAccount verification_incomplete': async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    const path = `/v1/operator/accounts/${account.id}/approve`
    return ask({ server, account }, path, { method: 'POST', token: operatorToken })
  },
  'operator.approveAccount conflict': reviewed('suspended', 'approve'),
  'operator.refuseAccount conflict': reviewed('active', 'refuse', { reason: 'x' }),
  'operator.suspendAccount conflict': reviewed('closing', 'suspend', { reason: 'x' }),
  'operator.reopenAccount conflict': reviewed('closing', 'reopen'),
}
