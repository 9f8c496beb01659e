/** Everybody who may knock at an operation that is not for them, and what they are told. */
import { sign } from 'node:crypto'
import { readTokenKeys } from '@envoi/core/access/token-keys'
import { allPermissions, allRoles, permissionsOf } from '@envoi/openapi'
import type { Envoi } from '@envoi/sdk'
import { operatorToken, type TestAccount, type TestServer } from '../support/fixture.ts'
import { userWith } from '../users/people.ts'
import type { NamedOperation } from './operations.ts'

type Operation = NamedOperation['operation']
type Refused = [status: number, code: string]

export interface Caller {
  who: string
  token: string | undefined
  /** How an operation refuses them; null: they may. */
  refused(operation: Operation): Refused | null
}

const unauthenticated: Refused = [401, 'unauthenticated']
const always = (): Refused => unauthenticated
/** Of credentials that are good, for an account and not for the operator. */
const ofAccount =
  (refused: (access: Exclude<Operation['access'], 'operator'>, operation: Operation) => Refused | null) =>
  (operation: Operation) =>
    operation.access === 'operator' ? unauthenticated : refused(operation.access, operation)

const minutes = 60_000

/** Each with credentials that were good once, are good elsewhere, or are good for something else. */
export async function makeCallers(server: TestServer): Promise<Caller[]> {
  const account = await server.openAccount()
  const past = await credentialsOfThePast(server, account)
  // whatever was given for so long has expired; the owner logs in again
  const now = account.api.with((await account.login()).accessToken)
  return [
    { who: 'nobody', token: undefined, refused: always },
    { who: 'a mistyped key', token: 'envoi_live_wrong', refused: always },
    { who: 'a key that nobody was given', token: `envoi_live_${'A'.repeat(27)}_AAAAAA`, refused: always },
    { who: 'a token without signature', token: 'eyJhbGciOiJub25lIn0.e30.', refused: always },
    ...past,
    ...(await credentialsTakenBack({ server, account: { ...account, api: now } })),
    {
      who: 'the operator',
      token: operatorToken,
      refused: ({ access }) => (access === 'operator' ? null : unauthenticated),
    },
    ...(await withoutOnePermission(now)),
    ...(await usersOfRoles({ server, account: { ...account, api: now } })),
    ...(await fromElsewhere(server)),
    ...(await ofAccountsThatWereStopped(server)),
    ...(await ofAnAccountBeingClosed(server)),
    ...(await programsWithTokens(now)),
  ]
}

async function credentialsOfThePast(server: TestServer, account: TestAccount): Promise<Caller[]> {
  const expiresAt = new Date(server.platform.clock.now().getTime() + 5 * minutes).toISOString()
  const { key } = await account.api.apiKeys.create({ name: 'short', role: 'owner', expiresAt })
  const { accessToken } = await account.login()
  server.platform.clock.advance(6 * minutes)
  return [
    { who: 'an expired key', token: key, refused: always },
    { who: 'an expired token', token: await expired(server, accessToken), refused: always },
  ]
}

/** The same token, made some minutes earlier. */
async function expired({ platform }: TestServer, token: string): Promise<string> {
  const [header, payload = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number; exp: number }
  const early = { ...claims, iat: claims.iat - 660, exp: claims.exp - 660 }
  const input = `${header}.${Buffer.from(JSON.stringify(early)).toString('base64url')}`
  const [key] = await readTokenKeys(platform)
  if (key === undefined) throw new Error('no key')
  return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`
}

async function credentialsTakenBack(scene: { server: TestServer; account: TestAccount }): Promise<Caller[]> {
  const { account } = scene
  const { id, key } = await account.api.apiKeys.create({ name: 'revoked', role: 'owner' })
  await account.api.apiKeys.delete(id)
  const { accessToken: ended } = await account.login()
  // newest first
  const [session] = (await account.api.sessions.list()).data
  await account.api.sessions.delete(session?.id ?? '')
  const grace = await userWith(scene, { role: 'owner' })
  const { accessToken } = await grace.login()
  await account.api.users.deactivate(grace.id)
  return [
    { who: 'a revoked key', token: key, refused: always },
    { who: 'the token of a session that has ended', token: ended, refused: always },
    { who: 'the token of a user who was deactivated', token: accessToken, refused: always },
  ]
}

/** Keys that may do everything but one thing. */
async function withoutOnePermission(owner: Envoi): Promise<Caller[]> {
  const callers: Caller[] = []
  for (const missing of allPermissions) {
    const permissions = allPermissions.filter((name) => name !== missing)
    const { key } = await owner.apiKeys.create({ name: `all but ${missing}`, permissions })
    callers.push({
      who: `a key that lacks ${missing}`,
      token: key,
      refused: ofAccount((access, { besides = [] }) =>
        access === missing || besides.includes(missing) ? [403, 'permission_missing'] : null,
      ),
    })
  }
  return callers
}

/** Logged in, each with what their role may do. */
async function usersOfRoles(scene: { server: TestServer; account: TestAccount }): Promise<Caller[]> {
  const callers: Caller[] = []
  for (const role of allRoles) {
    const { accessToken } = await (await userWith(scene, { role })).login()
    const may = permissionsOf(role, [])
    callers.push({
      who: `a user who is ${role}`,
      token: accessToken,
      refused: ofAccount((access, { besides = [] }) =>
        access === 'session' || [access, ...besides].every((name) => may.has(name))
          ? null
          : [403, 'permission_missing'],
      ),
    })
  }
  return callers
}

/** Owners who come from an address that their account, or their key, does not allow. */
async function fromElsewhere(server: TestServer): Promise<Caller[]> {
  const account = await server.openAccount()
  const allowedIps = ['192.0.2.1']
  const { key } = await account.api.apiKeys.create({ name: 'elsewhere', role: 'owner', allowedIps })
  const here = await account.as({ role: 'owner' })
  // a key may shut users out, who cannot do it to themselves
  await here.account.update({ security: { allowedIps } })
  const refused = ofAccount(() => [403, 'address_not_allowed'])
  return [
    { who: 'a key from an address that it is not for', token: key, refused },
    { who: 'a user from an address that is not allowed', token: account.accessToken, refused },
  ]
}

/** What is left to those whose account was stopped: to leave with what they hold (GDPR art. 20; Data Act art. 23). */
const toLeave = ['account:read', 'audit:read', 'contacts:read', 'contacts:export']

async function ofAccountsThatWereStopped(server: TestServer): Promise<Caller[]> {
  const refused = ofAccount((access) =>
    access === 'session' || toLeave.includes(access) ? null : [403, 'account_suspended'],
  )
  const suspended = await server.openAccount()
  const key = await suspended.key({ role: 'owner' })
  await server.operator.operator.suspendAccount(suspended.id, { reason: 'Complaints' })
  const declined = await server.openAccount({ trial: true })
  const declinedKey = await declined.key({ role: 'owner' })
  await server.operator.operator.refuseAccount(declined.id, { reason: 'Spam' })
  return [
    { who: 'a key of a suspended account', token: key, refused },
    { who: 'a user of a suspended account', token: suspended.accessToken, refused },
    { who: 'a key of a refused account', token: declinedKey, refused },
  ]
}

async function ofAnAccountBeingClosed(server: TestServer): Promise<Caller[]> {
  const account = await server.openAccount()
  const key = await account.key({ role: 'owner' })
  await account.api.accountClosure.request({ confirm: 'Atelier Ada', password: account.ownerPassword })
  const refused = ofAccount((_, { method, whileClosing, safe }) =>
    method === 'GET' || whileClosing === true || safe === true ? null : [403, 'account_closing'],
  )
  return [
    { who: 'a key of an account that is being closed', token: key, refused },
    { who: 'a user of an account that is being closed', token: account.accessToken, refused },
  ]
}

/** OAuth clients: one whose token is for less than its key, and some whose token is for nothing any more. */
async function programsWithTokens(owner: Envoi): Promise<Caller[]> {
  const tokenFor = async (scope?: string) => {
    const { id, key } = await owner.apiKeys.create({ name: 'program', role: 'owner' })
    const client = { client_id: id, client_secret: key }
    const { access_token: token } = await owner.oauth.token({
      grant_type: 'client_credentials',
      scope,
      ...client,
    })
    return { id, client, token }
  }
  const narrow = await tokenFor('contacts:read')
  const revoked = await tokenFor()
  await owner.oauth.revoke({ token: revoked.token, ...revoked.client })
  const orphan = await tokenFor()
  await owner.apiKeys.delete(orphan.id)
  const rotated = await tokenFor()
  await owner.apiKeys.rotate(rotated.id, { overlap: 'PT0S' })
  return [
    {
      who: 'a program whose token is to read contacts',
      token: narrow.token,
      refused: ofAccount((access) =>
        access === 'session' || access === 'contacts:read' ? null : [403, 'permission_missing'],
      ),
    },
    { who: 'a program whose token was revoked', token: revoked.token, refused: always },
    { who: 'a program whose key was revoked', token: orphan.token, refused: always },
    { who: 'a program whose key was rotated away', token: rotated.token, refused: always },
  ]
}
