import { registerPasskey } from '../support/software-passkey.ts'
import type { Scene } from './make.ts'
import * as make from './make.ts'

/** How to get a resource of an account for each parameter that stands in a path: the walk across tenants needs one of each. */
export const resources: Record<string, (scene: Scene) => Promise<string>> = {
  accountId: async ({ account }) => account.id,
  apiKeyId: async ({ account: { api } }) => (await api.apiKeys.create({ name: 'key', role: 'analyst' })).id,
  campaignId: make.campaign,
  contactId: make.contact,
  erasureId: make.erasure,
  fieldId: make.field,
  listId: make.list,
  passkeyId: async ({ server, account }) => (await registerPasskey(server, account)).id,
  purposeKey: make.purpose,
  importId: make.anImport,
  segmentId: make.segment,
  senderDomainId: make.senderDomain,
  senderId: make.sender,
  sessionId: async ({ account: { api } }) => {
    const [session] = (await api.sessions.list()).data
    if (session === undefined) throw new Error('no session')
    return session.id
  },
  suppressionId: make.suppression,
  templateId: make.template,
  userId: async ({ account: { api } }) => {
    const [user] = (await api.users.list()).data
    if (user === undefined) throw new Error('no user')
    return user.id
  },
}
