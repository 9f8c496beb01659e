import { createHash, timingSafeEqual } from 'node:crypto'
import { DomainError, inAccount, type Platform, type RequestContext } from '@envoi/core'
import { isAddressAllowed } from '@envoi/core/access/allowed-address'
import { authenticateApiKey } from '@envoi/core/access/authenticate-api-key'
import { authenticateSession } from '@envoi/core/access/authenticate-session'
import type { Principal } from '@envoi/core/access/principal'
import type { TokenKeyRing } from '@envoi/core/access/token-key-ring'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type AccessTokens, accessTokens, type SignAccessToken } from './access-tokens.ts'
import { clientAddress } from './client-address.ts'

declare module 'fastify' {
  interface FastifyInstance {
    signAccessToken: SignAccessToken
  }
}

export function registerAuthentication(app: FastifyInstance, platform: Platform, ring: TokenKeyRing): void {
  const tokens = accessTokens(ring, platform.settings.apiUrl, platform.newId)
  app.decorate('signAccessToken', tokens.sign)
  app.decorateRequest('context', null)
  app.addHook('onRequest', async (request) => {
    const { operation } = request.routeOptions.config
    if (operation === undefined) return
    await ring.refresh()
    const context: RequestContext = {
      ...platform,
      action: operation.id,
      requestId: request.id,
      address: clientAddress(request),
      userAgent: request.headers['user-agent'] ?? null,
    }
    const [scheme] = operation.security
    if (scheme === undefined) request.context = context
    else if (scheme.operator !== undefined) request.context = asOperator(request, platform, context)
    else request.context = await authenticated(tokens, request, platform, context, scheme.bearer ?? [])
  })
}

function bearerOf(request: FastifyRequest): string {
  const [, token] = /^Bearer ([\x21-\x7e]{1,2000})$/i.exec(request.headers.authorization ?? '') ?? []
  if (token === undefined) throw new DomainError('unauthenticated')
  return token
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

function asOperator(request: FastifyRequest, platform: Platform, context: RequestContext): RequestContext {
  const expected = platform.settings.operatorToken
  if (expected === undefined || !timingSafeEqual(sha256(bearerOf(request)), sha256(expected)))
    throw new DomainError('unauthenticated')
  return context
}

/** Statuses of accounts that may do nothing but export. */
const stopped: ReadonlySet<string> = new Set(['suspended', 'refused'])
/** What exports need; whoever may not go on must be able to leave with their data (GDPR art. 20; Data Act art. 23). */
const whenStopped: ReadonlySet<string> = new Set([
  'account:read',
  'audit:read',
  'contacts:read',
  'contacts:export',
])

/** What a user may do who has to set up a second factor first. */
const toEnrol: ReadonlySet<string> = new Set([
  'totp.get',
  'totp.begin',
  'totp.confirm',
  'passkeys.list',
  'passkeys.begin',
  'passkeys.create',
  'sessions.list',
  'sessions.delete',
])

async function authenticated(
  tokens: AccessTokens,
  request: FastifyRequest,
  platform: Platform,
  context: RequestContext,
  needed: string[],
) {
  const principal = await principalOf(tokens, bearerOf(request), platform)
  if (principal === null) throw new DomainError('unauthenticated')
  if (!isAddressAllowed(context.address, principal.allowedIps)) throw new DomainError('address_not_allowed')
  if (stopped.has(principal.accountStatus)) {
    if (!needed.every((permission) => whenStopped.has(permission))) throw new DomainError('account_suspended')
  } else if (principal.accountStatus !== 'trial' && principal.accountStatus !== 'active')
    throw new DomainError('unauthenticated')
  if (principal.mustEnrol === true && !toEnrol.has(context.action))
    throw new DomainError('enrolment_required')
  const missing = needed.find((permission) => !principal.permissions.has(permission))
  if (missing !== undefined)
    throw new DomainError('permission_missing', { detail: `The permission ${missing} is missing.` })
  return inAccount(context, principal.accountId, principal.actor, principal.permissions)
}

async function principalOf(
  tokens: AccessTokens,
  token: string,
  platform: Platform,
): Promise<Principal | null> {
  if (token.startsWith('envoi_')) return authenticateApiKey(platform, token)
  const claims = tokens.verify(token)
  return claims === null ? null : authenticateSession(platform, claims.acc, claims.sid)
}
