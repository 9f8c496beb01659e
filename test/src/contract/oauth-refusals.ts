/** How OAuth endpoints come to refuse. */
import { type RawAnswer, request } from '../support/request.ts'
import type { DeclaredRefusal } from './declared-refusals.ts'
import type { Scene } from './make.ts'

const form = (scene: Scene, path: string, fields: Record<string, string>): Promise<RawAnswer> =>
  request(`${scene.server.url}/v1/oauth/${path}`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })

async function client({ account: { api } }: Scene, more: { allowedIps?: string[] } = {}) {
  const { id, key } = await api.apiKeys.create({ name: 'client', role: 'analyst', ...more })
  return { client_id: id, client_secret: key }
}

const grant = { grant_type: 'client_credentials' }
const unknown = { client_id: 'nobody', client_secret: 'guessed' }
const elsewhere = { allowedIps: ['203.0.113.0/24'] }

export const oauthRefusals = {
  'oauth.token invalid_client': (scene: Scene) => form(scene, 'token', { ...grant, ...unknown }),
  'oauth.token unauthorized_client': async (scene: Scene) =>
    form(scene, 'token', { ...grant, ...(await client(scene, elsewhere)) }),
  'oauth.token unsupported_grant_type': async (scene: Scene) =>
    form(scene, 'token', { ...(await client(scene)), grant_type: 'password' }),
  'oauth.token invalid_scope': async (scene: Scene) =>
    form(scene, 'token', { ...grant, ...(await client(scene)), scope: 'contacts:read contacts:delete' }),
  'oauth.revoke invalid_client': (scene: Scene) => form(scene, 'revoke', { token: 'x', ...unknown }),
  'oauth.revoke unauthorized_client': async (scene: Scene) =>
    form(scene, 'revoke', { token: 'x', ...(await client(scene, elsewhere)) }),
} satisfies Partial<Record<DeclaredRefusal, (scene: Scene) => Promise<RawAnswer>>>
