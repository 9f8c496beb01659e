/** How to get each error code out of a real server. The type demands one for every code of the contract. */
import type { ErrorCode } from '@envoi/openapi'
import { drain } from '@envoi/workers'

import { enrol } from '../support/authenticator.ts'
import { type ExtraServer, startExtraServer } from '../support/extra-server.ts'
import { operatorToken } from '../support/fixture.ts'
import { type RawAnswer, type RawRequest, request } from '../support/request.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'
import { invite, linkIn, ownerOf } from '../users/people.ts'
import type { Scene } from './make.ts'
import * as make from './make.ts'
import { oauthRefusals } from './oauth-refusals.ts'
import { resumedByTestKey } from './test-mode-scenes.ts'

export interface Provocation {
  /** The fields that the problem must point at. */
  at?: string[]
  /** Whether it must say when to come back. */
  retry?: true
  provoke(scene: Scene): Promise<RawAnswer>
}

/** A request with the owner's credentials. */
const ask = ({ server, account }: Scene, path: string, options: RawRequest = {}) =>
  request(server.url + path, { token: account.accessToken, ...options })

const post = (path: (scene: Scene) => Promise<string>): Provocation => ({
  provoke: async (scene) => ask(scene, await path(scene), { method: 'POST' }),
})

const login = ({ server, account: { ownerEmail, ownerPassword: password } }: Scene, more: object) =>
  request(`${server.url}/v1/sessions`, { body: { email: ownerEmail, password, ...more } })

const contact = { email: 'ada@example.com' }

async function withExtraServer(
  scene: Scene,
  options: Parameters<typeof startExtraServer>[1],
  work: (server: ExtraServer) => Promise<RawAnswer>,
): Promise<RawAnswer> {
  const server = await startExtraServer(scene.server.platform, options)
  try {
    return await work(server)
  } finally {
    await server.close()
  }
}

export const provocations: Record<ErrorCode, Provocation> = {
  malformed: {
    at: ['/nickname'],
    provoke: (scene) => ask(scene, '/v1/contacts', { body: { ...contact, nickname: 'Ada' } }),
  },
  invalid_scope: { provoke: oauthRefusals['oauth.token invalid_scope'] },
  unsupported_grant_type: { provoke: oauthRefusals['oauth.token unsupported_grant_type'] },
  unauthorized_client: { provoke: oauthRefusals['oauth.token unauthorized_client'] },
  invalid_client: { provoke: oauthRefusals['oauth.token invalid_client'] },
  invalid_cursor: { provoke: (scene) => ask(scene, '/v1/contacts?cursor=mine') },
  unauthenticated: { provoke: (scene) => ask(scene, '/v1/account', { token: null }) },
  invalid_credentials: {
    provoke: (scene) =>
      ask(scene, '/v1/sessions', {
        token: null,
        body: { email: 'nobody@example.com', password: 'guessed it' },
      }),
  },
  second_factor_required: {
    provoke: async (scene) => {
      await enrol(scene.server, scene.account)
      return login(scene, {})
    },
  },
  second_factor_invalid: {
    provoke: async (scene) => {
      await enrol(scene.server, scene.account)
      return login(scene, { totp: '000000' })
    },
  },
  enrolment_required: {
    provoke: async (scene) => {
      await scene.account.api.account.update({ security: { requireTotp: true } })
      return ask(scene, '/v1/account')
    },
  },
  verification_incomplete: {
    provoke: async (scene) => {
      const { id } = await scene.server.openAccount({ trial: true })
      return ask(scene, `/v1/operator/accounts/${id}/approve`, { method: 'POST', token: operatorToken })
    },
  },
  totp_enabled: {
    provoke: async (scene) => {
      await enrol(scene.server, scene.account)
      return ask(scene, '/v1/users/me/totp', { body: { password: scene.account.ownerPassword } })
    },
  },
  permission_missing: {
    provoke: async (scene) => {
      const token = await scene.account.key({ permissions: ['contacts:read'] })
      return ask(scene, '/v1/contacts', { token, body: contact })
    },
  },
  proof_required: {
    provoke: async (scene) => {
      const where = { accountId: scene.account.id }
      await scene.server.platform.db.session.updateMany({ where, data: { provenAt: new Date(0) } })
      return ask(scene, '/v1/api-keys', { body: { name: 'key', role: 'analyst' } })
    },
  },
  address_not_allowed: {
    provoke: async (scene) => {
      const { key } = await scene.account.api.apiKeys.create({
        name: 'office',
        role: 'owner',
        allowedIps: ['203.0.113.0/24'],
      })
      return ask(scene, '/v1/account', { token: key })
    },
  },
  account_suspended: {
    provoke: async (scene) => {
      const { server, account } = scene
      await server.operator.operator.suspendAccount(account.id, { reason: 'Complaints' })
      return ask(scene, '/v1/campaigns')
    },
  },
  account_closing: {
    provoke: async (scene) => {
      await make.closing(scene)
      return ask(scene, '/v1/lists', { body: { name: 'Late' } })
    },
  },
  trial_restricted: {
    at: ['/segment'],
    provoke: async ({ server }) => {
      const scene = { server, account: await server.openAccount({ trial: true }) }
      const id = await make.sendableCampaign(scene)
      return ask(scene, `/v1/campaigns/${id}/send`, { method: 'POST' })
    },
  },
  not_found: { provoke: (scene) => ask(scene, '/v1/contacts/0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d') },
  conflict: {
    at: ['/email'],
    provoke: async (scene) => {
      await ask(scene, '/v1/contacts', { body: contact })
      return ask(scene, '/v1/contacts', { body: contact })
    },
  },
  contact_erased: {
    at: ['/email'],
    provoke: async (scene) => {
      const { api } = scene.account
      await api.contacts.delete((await api.contacts.create(contact)).id)
      return ask(scene, '/v1/contacts', { body: contact })
    },
  },
  campaign_not_draft: post(async (scene) => `/v1/campaigns/${await make.sendingCampaign(scene)}/send`),
  campaign_not_sending: post(async (scene) => `/v1/campaigns/${await make.campaign(scene)}/pause`),
  campaign_not_paused: post(async (scene) => `/v1/campaigns/${await make.sendingCampaign(scene)}/resume`),
  campaign_live: { provoke: resumedByTestKey },
  campaign_over: post(async (scene) => {
    const id = await make.sendingCampaign(scene)
    await drain(scene.server.platform)
    return `/v1/campaigns/${id}/cancel`
  }),
  in_use: {
    provoke: async (scene) => {
      const { purpose: key } = await make.consent(scene)
      return ask(scene, `/v1/purposes/${key}`, { method: 'DELETE' })
    },
  },
  last_owner: {
    provoke: async (scene) => ask(scene, `/v1/users/${await ownerOf(scene)}/deactivate`, { method: 'POST' }),
  },
  link_ended: {
    provoke: async (scene) => {
      const { email } = await invite(scene)
      const { token } = await linkIn(scene.server, email, 'invitation')
      const accept = () => ask(scene, '/v1/invitations/accept', { token: null, body: { token } })
      await accept()
      return accept()
    },
  },
  import_has_file: {
    provoke: async (scene) => {
      const path = `/v1/imports/${await make.anImport(scene)}/file`
      const upload = {
        method: 'PUT',
        headers: { 'content-type': 'text/csv' },
        body: 'Email\nada@example.com\n',
      }
      await ask(scene, path, upload)
      return ask(scene, path, upload)
    },
  },
  import_ended: post(async (scene) => {
    const id = await make.anImport(scene)
    await scene.account.api.imports.upload(id, 'Email\nada@example.com\n')
    await drain(scene.server.platform)
    return `/v1/imports/${id}/cancel`
  }),
  idempotency_answer_withheld: {
    provoke: async (scene) => {
      const headers = { 'idempotency-key': 'told-once' }
      await ask(scene, '/v1/api-keys', { body: { name: 'shop', role: 'analyst' }, headers })
      return ask(scene, '/v1/api-keys', { body: { name: 'shop', role: 'analyst' }, headers })
    },
  },
  idempotency_in_flight: {
    retry: true,
    provoke: async (scene) => {
      const { pool } = scene.server.platform
      const again = () =>
        ask(scene, '/v1/lists', { body: { name: 'Spring' }, headers: { 'idempotency-key': 'in-flight' } })
      // the first one waits for a lock, so that it is under way for as long as is needed
      const lock = await pool.connect()
      await lock.query('begin; lock table list in share mode')
      const first = again()
      await until('the first one is under way', async () => {
        const { rows } = await pool.query('select 1 from idempotency_key where account_id = $1', [
          scene.account.id,
        ])
        return rows.length > 0
      })
      const second = await again()
      await lock.query('rollback')
      lock.release()
      await first
      return second
    },
  },
  precondition_failed: {
    provoke: async (scene) =>
      ask(scene, `/v1/lists/${await make.list(scene)}`, {
        method: 'PATCH',
        headers: { 'if-match': '"99"' },
        body: { name: 'Autumn' },
      }),
  },
  payload_too_large: {
    provoke: (scene) =>
      ask(scene, '/v1/contacts', { body: { ...contact, firstName: 'a'.repeat(1_100_000) } }),
  },
  unsupported_media_type: {
    provoke: (scene) =>
      ask(scene, '/v1/contacts', { headers: { 'content-type': 'application/xml' }, body: '<contact/>' }),
  },
  invalid: {
    at: ['/timezone'],
    provoke: (scene) => ask(scene, '/v1/contacts', { body: { ...contact, timezone: 'Europe/Atlantis' } }),
  },
  idempotency_key_reused: {
    provoke: async (scene) => {
      const headers = { 'idempotency-key': 'once' }
      await ask(scene, '/v1/lists', { body: { name: 'Spring' }, headers })
      return ask(scene, '/v1/lists', { body: { name: 'Autumn' }, headers })
    },
  },
  instruction_may_infringe: {
    at: ['/purpose'],
    provoke: async (scene) => {
      const body = { key: 'allergies', label: 'Allergies', type: 'text', specialCategory: true }
      return ask(scene, '/v1/fields', { body })
    },
  },
  rate_limited: {
    retry: true,
    provoke: (scene) =>
      withExtraServer(scene, { limits: { perCredentials: 1, perAddress: 1 } }, async ({ url }) => {
        const token = await scene.account.key({ role: 'owner' })
        await request(`${url}/v1/account`, { token })
        return request(`${url}/v1/account`, { token })
      }),
  },
  internal: {
    provoke: async (scene) => {
      const { pool } = scene.server.platform
      // what no code expects: a table that has gone
      await pool.query('alter table list rename to list_elsewhere')
      try {
        return await ask(scene, '/v1/lists')
      } finally {
        await pool.query('alter table list_elsewhere rename to list')
      }
    },
  },
  unavailable: {
    retry: true,
    provoke: async (scene) => {
      const network = await startTcpProxy(scene.server.platform.url)
      return withExtraServer(scene, { databaseUrl: network.url }, async ({ url }) => {
        await network.cut()
        return request(`${url}/v1/account`, { token: scene.account.accessToken })
      })
    },
  },
}
