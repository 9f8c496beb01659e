import { createHash, timingSafeEqual } from 'node:crypto'
import { DomainError, inAccount, type Platform, type RequestContext } from '@envoi/core'
import { isAddressAllowed } from '@envoi/core/access/allowed-address'
import { authenticateApiKey } from '@envoi/core/access/authenticate-api-key'
import { authenticateClientToken } from '@envoi/core/access/authenticate-client-token'
import { authenticateSession } from '@envoi/core/access/authenticate-session'
import { isUseDue, noteKeyUse } from '@envoi/core/access/note-key-use'
import type { Principal } from '@envoi/core/access/principal'
import type { TokenKeyRing } from '@envoi/core/access/token-key-ring'
import type { ReadLog } from '@envoi/core/audit/read-log'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type AccessTokens, accessTokens, grantIn } from './access-tokens.ts'
import { clientAddress } from './client-address.ts'

declare module 'fastify' {
  interface FastifyInstance {
    accessTokens: AccessTokens
  }
  interface FastifyRequest {
    /** Who asks, admitted or not. */
    principal: Principal | null
  }
}

export function registerAuthentication(
  app: FastifyInstance,
  platform: Platform,
  ring: TokenKeyRing,
  reads: ReadLog,
): void {
  const tokens = accessTokens(ring, platform.settings.apiUrl, platform)
  app.decorate('accessTokens', tokens)
  app.decorateRequest('context', null)
  app.decorateRequest('principal', null)
  app.addHook('onRequest', async (request, reply) => {
    const { operation } = request.routeOptions.config
    if (operation === undefined) return
    await ring.refresh()
    const context: RequestContext = {
      ...platform,
      action: operation.id,
      requestId: request.id,
      address: clientAddress(request),
      userAgent: request.headers['user-agent'] ?? null,
      signal: request.abandonment.signal,
    }
    const [scheme] = operation.security
    const token = bearerOf(request)
    const isOperator = scheme?.operator !== undefined && isOperatorToken(token, platform)
    const principal = scheme?.bearer === undefined ? null : await principalOf(tokens, token, platform)
    if (principal !== null)
      request.context = reads.open(
        inAccount(context, principal.accountId, principal.actor, principal.permissions),
      )
    else if (scheme === undefined || isOperator) request.context = context
    await app.countRequest(request, reply)
    if (request.context === null) throw new DomainError('unauthenticated')
    request.principal = principal
    if (principal !== null)
      requireAdmitted(principal, context, { needed: scheme?.bearer ?? [], ...operation })
  })
  noteUses(app, platform)
}

/** Notes the use of keys, after the answer. Of requests at once one does. */
function noteUses(app: FastifyInstance, platform: Platform): void {
  const underWay = new Map<string, Promise<void>>()
  app.addHook('onResponse', async (request) => {
    const { principal } = request
    if (principal === null || principal.actor.id === null) return
    const { id } = principal.actor
    const at = platform.clock.now()
    if (!isUseDue(principal, at) || underWay.has(id)) return
    const noting = noteKeyUse(platform, principal, { at, address: clientAddress(request) })
      .catch((error: unknown) => request.log.warn({ err: error }, 'the use of a key could not be noted'))
      .finally(() => underWay.delete(id))
    underWay.set(id, noting)
  })
  app.addHook('onClose', async () => {
    await Promise.all(underWay.values())
  })
}

function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,2000})$/i.exec(request.headers.authorization ?? '')?.[1]
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

function isOperatorToken(token: string | undefined, { settings: { operatorToken } }: Platform): boolean {
  return (
    token !== undefined &&
    operatorToken !== undefined &&
    timingSafeEqual(sha256(token), sha256(operatorToken))
  )
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

/** Whether who is known by now may do this, from here. */
function requireAdmitted(
  principal: Principal,
  context: RequestContext,
  { needed, whileClosing }: { needed: string[]; whileClosing: boolean },
): void {
  if (!isAddressAllowed(context.address, principal.allowedIps)) throw new DomainError('address_not_allowed')
  if (stopped.has(principal.accountStatus)) {
    if (!needed.every((permission) => whenStopped.has(permission))) throw new DomainError('account_suspended')
  } else if (principal.accountStatus === 'closing') {
    if (!whileClosing) throw new DomainError('account_closing')
  } else if (principal.accountStatus !== 'trial' && principal.accountStatus !== 'active')
    throw new DomainError('unauthenticated')
  if (principal.mustEnrol === true && !toEnrol.has(context.action))
    throw new DomainError('enrolment_required')
  const missing = needed.find((permission) => !principal.permissions.has(permission))
  if (missing !== undefined)
    throw new DomainError('permission_missing', { detail: `The permission ${missing} is missing.` })
}

async function principalOf(
  tokens: AccessTokens,
  token: string | undefined,
  platform: Platform,
): Promise<Principal | null> {
  if (token === undefined) return null
  if (token.startsWith('envoi_')) return authenticateApiKey(platform, token)
  const claims = tokens.verify(token)
  if (claims === null) return null
  return 'sid' in claims
    ? authenticateSession(platform, claims.acc, claims.sid)
    : authenticateClientToken(platform, grantIn(claims))
}
