import { drain } from '@envoi/workers'
import { enrol } from '../support/authenticator.ts'
import { registerPasskey } from '../support/software-passkey.ts'
import { anyone, confirmOwner, invite, linkIn, userWith } from '../users/people.ts'
import type { Scene } from './make.ts'
import * as make from './make.ts'
import type { OperationId } from './operations.ts'

/**
 * One valid call of each operation, through the SDK. The type demands one for every operation of the contract; the walk
 * runs them all and looks for the audit event of those that change something.
 */
export const scenarios: Record<OperationId, (scene: Scene) => Promise<unknown>> = {
  'accounts.create': async ({ server }) => server.openAccount({ trial: true }),
  'account.get': async ({ account }) => account.api.account.get(),
  'verification.get': async ({ account }) => account.api.verification.get(),
  'account.update': async ({ account }) => account.api.account.update({ name: 'Atelier Grace' }),
  'accountClosure.request': async (scene) => make.closing(scene),
  'accountClosure.get': async (scene) => {
    await make.closing(scene)
    await scene.account.api.accountClosure.get()
  },
  'accountClosure.cancel': async (scene) => {
    await make.closing(scene)
    await scene.account.api.accountClosure.cancel()
  },
  'users.list': async ({ account }) => account.api.users.list(),
  'users.get': async ({ account }) =>
    account.api.users.get((await account.api.users.list()).data[0]?.id ?? ''),
  'users.create': async (scene) => invite(scene),
  'users.me': async ({ account }) => account.api.users.me(),
  'users.updateMe': async ({ account }) => account.api.users.updateMe({ firstName: 'Augusta' }),
  'users.confirmEmail': async ({ account }) => account.api.users.confirmEmail(),
  'users.changePassword': async ({ account }) =>
    account.api.users.changePassword({ currentPassword: account.password }),
  'users.update': async (scene) =>
    scene.account.api.users.update((await invite(scene)).id, { role: 'analyst' }),
  'users.delete': async (scene) => scene.account.api.users.delete((await invite(scene)).id),
  'users.repeatInvitation': async (scene) =>
    scene.account.api.users.repeatInvitation((await invite(scene)).id),
  'users.deactivate': async (scene) => scene.account.api.users.deactivate((await invite(scene)).id),
  'users.reactivate': async (scene) => {
    const { id } = await invite(scene)
    await scene.account.api.users.deactivate(id)
    await scene.account.api.users.reactivate(id)
  },
  'users.transferOwnership': async (scene) =>
    scene.account.api.users.transferOwnership((await userWith(scene)).id),
  'invitations.accept': async (scene) => userWith(scene),
  'passwordResets.create': async ({ server, account }) => {
    await anyone(server).passwordResets.create({ email: account.ownerEmail })
    await drain(server.platform)
  },
  'passwordResets.complete': async ({ server, account }) => {
    await anyone(server).passwordResets.create({ email: account.ownerEmail })
    const { token } = await linkIn(server, account.ownerEmail, 'passwordReset')
    await anyone(server).passwordResets.complete({ token })
  },
  'sessions.create': async ({ account }) => account.login(),
  'sessions.refresh': async ({ account }) =>
    account.api.sessions.refresh({ refreshToken: (await account.login()).refreshToken }),
  'sessions.prove': async ({ account }) => account.api.sessions.prove({ password: account.password }),
  'sessions.list': async ({ account }) => account.api.sessions.list(),
  'sessions.get': async ({ account }) =>
    account.api.sessions.get((await account.api.sessions.list()).data[0]?.id ?? ''),
  'sessions.delete': async ({ account }) => {
    await account.login()
    await account.api.sessions.delete((await account.api.sessions.list()).data[0]?.id ?? '')
  },
  'totp.get': async ({ account }) => account.api.totp.get(),
  'totp.begin': async ({ account: { api, ownerPassword: password } }) => api.totp.begin({ password }),
  'totp.confirm': async ({ server, account }) => enrol(server, account),
  'totp.regenerateRecoveryCodes': async ({ server, account }) =>
    account.api.totp.regenerateRecoveryCodes({ totp: (await enrol(server, account)).next() }),
  'totp.disable': async ({ server, account }) =>
    account.api.totp.disable({ totp: (await enrol(server, account)).next() }),
  'totp.reset': async ({ server, account }) => {
    const grace = await userWith({ server, account })
    await enrol(server, { ...account, api: grace.api, ownerPassword: grace.password })
    await account.api.totp.reset(grace.id)
  },
  'sessions.passkeyOptions': async ({ server, account }) => {
    await registerPasskey(server, account)
    await account.api.sessions.passkeyOptions({ email: account.ownerEmail, password: account.ownerPassword })
  },
  'passkeys.list': async ({ account }) => account.api.passkeys.list(),
  'passkeys.begin': async ({ account: { api, ownerPassword: password } }) => api.passkeys.begin({ password }),
  'passkeys.create': async ({ server, account }) => registerPasskey(server, account),
  'passkeys.delete': async ({ server, account }) =>
    account.api.passkeys.delete((await registerPasskey(server, account)).id, {
      password: account.ownerPassword,
    }),
  'apiKeys.create': async ({ account }) => account.api.apiKeys.create({ name: 'key', role: 'analyst' }),
  'apiKeys.list': async ({ account }) => account.api.apiKeys.list(),
  'apiKeys.get': async ({ account }) =>
    account.api.apiKeys.get((await account.api.apiKeys.create({ name: 'key', role: 'analyst' })).id),
  'apiKeys.rotate': async ({ account }) =>
    account.api.apiKeys.rotate((await account.api.apiKeys.create({ name: 'key', role: 'analyst' })).id),
  'apiKeys.delete': async ({ account }) =>
    account.api.apiKeys.delete((await account.api.apiKeys.create({ name: 'key', role: 'analyst' })).id),
  'oauth.token': async ({ account: { api } }) => clientToken(api),
  'oauth.revoke': async ({ account: { api } }) => {
    const { access_token: token, ...client } = await clientToken(api)
    await api.oauth.revoke({ token, ...client })
  },
  'auditEvents.list': async ({ account }) => account.api.auditEvents.list(),
  'auditEvents.export': async ({ account }) => new Response(await account.api.auditEvents.export()).text(),
  'contacts.list': async ({ account }) => account.api.contacts.list(),
  'contacts.get': async (scene) => scene.account.api.contacts.get(await make.contact(scene)),
  'contacts.create': async (scene) => make.contact(scene),
  'contacts.update': async (scene) =>
    scene.account.api.contacts.update(await make.contact(scene), { firstName: 'Ada' }),
  'contacts.delete': async (scene) => make.erasure(scene),
  'contacts.export': async (scene) => scene.account.api.contacts.export(await make.contact(scene)),
  'contacts.upsertByExternalId': async ({ account }) =>
    account.api.contacts.upsertByExternalId('crm-1', { firstName: 'Ada' }),
  'contacts.upsertByEmail': async ({ account }) =>
    account.api.contacts.upsertByEmail('ada@example.com', { firstName: 'Ada' }),
  'contacts.batch': async ({ account }) =>
    account.api.contacts.batch({ contacts: [{ email: 'ada@example.com' }], onConflict: 'update' }),
  'fields.create': async (scene) => make.field(scene),
  'fields.list': async ({ account }) => account.api.fields.list(),
  'fields.get': async (scene) => scene.account.api.fields.get(await make.field(scene)),
  'fields.update': async (scene) =>
    scene.account.api.fields.update(await make.field(scene), { label: 'Pays' }),
  'fields.delete': async (scene) => scene.account.api.fields.delete(await make.field(scene)),
  'lists.create': async (scene) => make.list(scene),
  'lists.list': async ({ account }) => account.api.lists.list(),
  'lists.get': async (scene) => scene.account.api.lists.get(await make.list(scene)),
  'lists.update': async (scene) =>
    scene.account.api.lists.update(await make.list(scene), { name: 'Autumn fair' }),
  'lists.delete': async (scene) => scene.account.api.lists.delete(await make.list(scene)),
  'lists.addMembers': async (scene) =>
    scene.account.api.lists.addMembers(await make.list(scene), { contactIds: [await make.contact(scene)] }),
  'lists.removeMembers': async (scene) =>
    scene.account.api.lists.removeMembers(await make.list(scene), {
      contactIds: [await make.contact(scene)],
    }),
  'erasures.list': async ({ account }) => account.api.erasures.list(),
  'erasures.get': async (scene) => scene.account.api.erasures.get(await make.erasure(scene)),
  'imports.create': async (scene) => make.anImport(scene),
  'imports.upload': async (scene) =>
    scene.account.api.imports.upload(await make.anImport(scene), 'Email\nada@example.com\n'),
  'imports.list': async ({ account }) => account.api.imports.list(),
  'imports.get': async (scene) => scene.account.api.imports.get(await make.anImport(scene)),
  'imports.errors': async (scene) => scene.account.api.imports.errors(await make.anImport(scene)),
  'imports.cancel': async (scene) => scene.account.api.imports.cancel(await make.anImport(scene)),
  'operator.listAccounts': async ({ server }) => server.operator.operator.listAccounts(),
  'operator.getAccount': async ({ server, account }) => server.operator.operator.getAccount(account.id),
  'operator.auditIntegrity': async ({ server }) => server.operator.operator.auditIntegrity(),
  'operator.approveAccount': async ({ server, account }) =>
    server.operator.operator.approveAccount(account.id),
  'operator.refuseAccount': async ({ server }) =>
    server.operator.operator.refuseAccount((await server.openAccount({ trial: true })).id, {
      reason: 'Spam',
    }),
  'operator.suspendAccount': async ({ server }) =>
    server.operator.operator.suspendAccount((await server.openAccount()).id, { reason: 'Complaints' }),
  'operator.reopenAccount': async ({ server, account }) => server.operator.operator.reopenAccount(account.id),
  'operator.getAccountClosure': async (scene) => {
    await make.closing(scene)
    await scene.server.operator.operator.getAccountClosure(scene.account.id)
  },
  'operator.approveSenderDomain': async (scene) =>
    scene.server.operator.operator.approveSenderDomain(scene.account.id, await make.senderDomain(scene)),
  'segments.create': async (scene) => make.segment(scene),
  'segments.list': async ({ account }) => account.api.segments.list(),
  'segments.preview': async ({ account }) =>
    account.api.segments.preview({ rule: { field: 'email', op: 'exists' } }),
  'segments.get': async (scene) => scene.account.api.segments.get(await make.segment(scene)),
  'segments.update': async (scene) =>
    scene.account.api.segments.update(await make.segment(scene), { name: 'Faithful' }),
  'segments.delete': async (scene) => scene.account.api.segments.delete(await make.segment(scene)),
  'segments.count': async (scene) => scene.account.api.segments.count(await make.segment(scene)),
  'segments.contacts': async (scene) => scene.account.api.segments.contacts(await make.segment(scene)),
  'senderDomains.create': async (scene) => make.senderDomain(scene),
  'senderDomains.list': async ({ account }) => account.api.senderDomains.list(),
  'senderDomains.get': async (scene) => scene.account.api.senderDomains.get(await make.senderDomain(scene)),
  'senderDomains.verify': async (scene) =>
    scene.account.api.senderDomains.verify(await make.senderDomain(scene)),
  'senderDomains.delete': async (scene) =>
    scene.account.api.senderDomains.delete(await make.senderDomain(scene)),
  'senders.create': async (scene) => make.sender(scene),
  'senders.list': async ({ account }) => account.api.senders.list(),
  'senders.get': async (scene) => scene.account.api.senders.get(await make.sender(scene)),
  'senders.update': async (scene) =>
    scene.account.api.senders.update(await make.sender(scene), { name: 'Grace' }),
  'senders.delete': async (scene) => scene.account.api.senders.delete(await make.sender(scene)),
  'templates.create': async (scene) => make.template(scene),
  'templates.list': async ({ account }) => account.api.templates.list(),
  'templates.get': async (scene) => scene.account.api.templates.get(await make.template(scene)),
  'templates.update': async (scene) =>
    scene.account.api.templates.update(await make.template(scene), { subject: 'Hello' }),
  'templates.delete': async (scene) => scene.account.api.templates.delete(await make.template(scene)),
  'templates.render': async (scene) => scene.account.api.templates.render(await make.template(scene)),
  'templates.export': async (scene) => scene.account.api.templates.export(await make.template(scene)),
  'campaigns.create': async (scene) => make.campaign(scene),
  'campaigns.list': async ({ account }) => account.api.campaigns.list(),
  'campaigns.get': async (scene) => scene.account.api.campaigns.get(await make.campaign(scene)),
  'campaigns.update': async (scene) =>
    scene.account.api.campaigns.update(await make.campaign(scene), { name: 'December' }),
  'campaigns.delete': async (scene) => scene.account.api.campaigns.delete(await make.campaign(scene)),
  'campaigns.preflight': async (scene) => scene.account.api.campaigns.preflight(await make.campaign(scene)),
  'campaigns.test': async (scene) => {
    await confirmOwner(scene)
    return scene.account.api.campaigns.test(await make.campaign(scene), { to: [scene.account.ownerEmail] })
  },
  'campaigns.send': async (scene) => scene.account.api.campaigns.send(await make.sendableCampaign(scene)),
  'campaigns.schedule': async (scene) =>
    scene.account.api.campaigns.schedule(await make.sendableCampaign(scene), {
      at: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  'campaigns.pause': async (scene) => scene.account.api.campaigns.pause(await make.sendingCampaign(scene)),
  'campaigns.resume': async (scene) => {
    const id = await make.sendingCampaign(scene)
    await scene.account.api.campaigns.pause(id)
    await scene.account.api.campaigns.resume(id)
  },
  'campaigns.cancel': async (scene) => scene.account.api.campaigns.cancel(await make.sendingCampaign(scene)),
  'campaigns.report': async (scene) => scene.account.api.campaigns.report(await make.campaign(scene)),
  'campaigns.messages': async (scene) => {
    const id = await make.sendingCampaign(scene)
    await scene.account.api.campaigns.messages(id)
  },
  'purposes.create': async (scene) => make.purpose(scene),
  'purposes.list': async ({ account }) => account.api.purposes.list(),
  'purposes.get': async (scene) => scene.account.api.purposes.get(await make.purpose(scene)),
  'purposes.update': async (scene) =>
    scene.account.api.purposes.update(await make.purpose(scene), { name: 'News' }),
  'purposes.delete': async (scene) => scene.account.api.purposes.delete(await make.purpose(scene)),
  'consents.list': async (scene) => scene.account.api.consents.list((await make.consent(scene)).contact),
  'consents.record': async (scene) => make.consent(scene),
  'consents.history': async (scene) =>
    scene.account.api.consents.history((await make.consent(scene)).contact),
  'auditEvents.integrity': async ({ account }) => account.api.auditEvents.integrity(),
  'consents.integrity': async ({ account }) => account.api.consents.integrity(),
  'objections.list': async (scene) => scene.account.api.objections.list(await make.objecting(scene)),
  'objections.create': async (scene) => make.objecting(scene),
  'objections.delete': async (scene) =>
    scene.account.api.objections.delete(await make.objecting(scene), { kind: 'marketing' }),
  'restriction.get': async (scene) => scene.account.api.restriction.get(await make.restricted(scene)),
  'restriction.create': async (scene) => make.restricted(scene),
  'restriction.delete': async (scene) =>
    scene.account.api.restriction.delete(await make.restricted(scene), {
      informedAt: new Date().toISOString(),
    }),
  'tracking.get': async (scene) => scene.account.api.tracking.get(await make.tracked(scene)),
  'tracking.record': async (scene) => make.tracked(scene),
  'tracking.delete': async (scene) => scene.account.api.tracking.delete(await make.tracked(scene)),
  'suppressions.list': async ({ account }) => account.api.suppressions.list(),
  'suppressions.create': async (scene) => make.suppression(scene),
  'suppressions.get': async (scene) => scene.account.api.suppressions.get(await make.suppression(scene)),
  'suppressions.delete': async (scene) =>
    scene.account.api.suppressions.delete(await make.suppression(scene)),
}

/** A token, and the credentials of its client. */
async function clientToken(api: Scene['account']['api']) {
  const { id, key } = await api.apiKeys.create({ name: 'client', role: 'analyst' })
  const client = { client_id: id, client_secret: key }
  const { access_token } = await api.oauth.token({ grant_type: 'client_credentials', ...client })
  return { access_token, ...client }
}
