/** How logins, second factors and what belongs to them come to refuse. */
import { enrol } from '../support/authenticator.ts'
import { type RawAnswer, request } from '../support/request.ts'
import { registerPasskey, softwarePasskey } from '../support/software-passkey.ts'
import type { DeclaredRefusal } from './declared-refusals.ts'
import type { Scene } from './make.ts'

type Refusal = (scene: Scene) => Promise<RawAnswer>

const wrongCode = { totp: '000000' }
const wrongPassword = { password: 'guessed it' }

const ask =
  (method: string, path: string, body: unknown): Refusal =>
  ({ server, account: { accessToken: token } }) =>
    request(server.url + path, { method, token, body })

const login =
  (path = '', more: object = {}): Refusal =>
  ({ server, account: { ownerEmail: email, ownerPassword: password } }) =>
    request(`${server.url}/v1/sessions${path}`, { body: { email, password, ...more } })

const after =
  (prepare: (scene: Scene) => Promise<unknown>, then: Refusal): Refusal =>
  async (scene) => {
    await prepare(scene)
    return then(scene)
  }

const enrolled = ({ server, account }: Scene) => enrol(server, account)

/** The users may come from everywhere but here. */
async function onlyFromElsewhere({ server, account: { id } }: Scene): Promise<void> {
  const security = { allowedIps: ['203.0.113.0/24'] }
  await server.platform.db.account.update({ where: { id }, data: { security } })
}

const unknown = { email: 'nobody@example.com' }

export const loginRefusals = {
  'sessions.prove invalid': ask('POST', '/v1/sessions/proof', wrongPassword),
  'sessions.create invalid_credentials': login('', unknown),
  'sessions.create second_factor_required': after(enrolled, login()),
  'sessions.create second_factor_invalid': after(enrolled, login('', wrongCode)),
  'sessions.create address_not_allowed': after(onlyFromElsewhere, login()),
  'sessions.passkeyOptions invalid_credentials': login('/passkey-options', unknown),
  'sessions.passkeyOptions address_not_allowed': after(onlyFromElsewhere, login('/passkey-options')),
  'sessions.refresh invalid_credentials': ask('POST', '/v1/sessions/refresh', { refreshToken: 'made up' }),
  'sessions.refresh address_not_allowed': async (scene) => {
    const { refreshToken } = await scene.account.login()
    await onlyFromElsewhere(scene)
    return request(`${scene.server.url}/v1/sessions/refresh`, { body: { refreshToken } })
  },
  'totp.begin invalid': ask('POST', '/v1/users/me/totp', wrongPassword),
  'totp.begin totp_enabled': async (scene) => {
    await enrolled(scene)
    return ask('POST', '/v1/users/me/totp', { password: scene.account.ownerPassword })(scene)
  },
  'totp.confirm invalid': after(
    ({ account: { api, ownerPassword: password } }) => api.totp.begin({ password }),
    ask('POST', '/v1/users/me/totp/confirm', { code: '000000' }),
  ),
  'totp.confirm totp_enabled': after(enrolled, ask('POST', '/v1/users/me/totp/confirm', { code: '000000' })),
  'totp.regenerateRecoveryCodes invalid': after(
    enrolled,
    ask('POST', '/v1/users/me/totp/recovery-codes', wrongCode),
  ),
  'totp.disable invalid': after(enrolled, ask('DELETE', '/v1/users/me/totp', wrongCode)),
  'passkeys.begin invalid': ask('POST', '/v1/users/me/passkeys/options', wrongPassword),
  'passkeys.create invalid': async (scene) => {
    const credential = softwarePasskey(scene.server).create({ challenge: 'AAAA' })
    return ask('POST', '/v1/users/me/passkeys', { name: 'Laptop', credential })(scene)
  },
  'passkeys.create conflict': async (scene) => {
    const { api, ownerPassword: password } = scene.account
    const passkey = await registerPasskey(scene.server, scene.account)
    const credential = passkey.create(await api.passkeys.begin({ password }))
    return ask('POST', '/v1/users/me/passkeys', { name: 'Again', credential })(scene)
  },
  'passkeys.delete invalid': async (scene) => {
    const { id } = await registerPasskey(scene.server, scene.account)
    return ask('DELETE', `/v1/users/me/passkeys/${id}`, wrongPassword)(scene)
  },
} satisfies Partial<Record<DeclaredRefusal, Refusal>>
