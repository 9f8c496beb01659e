/**
 * Access tokens: JWTs (RFC 7519) in the profile of RFC 9068, signed with Ed25519. What a token must say is checked on each of
 * them (RFC 8725): the one algorithm, the type, who made it and for whom, its times; and the key is ours, chosen by `kid` from
 * our own ring and by nothing else that the token brings.
 */

import type { Platform } from '@envoi/core'
import type { ClientGrant } from '@envoi/core/access/authenticate-client-token'
import type { TokenKeyRing } from '@envoi/core/access/token-key-ring'
import type { TokenKey } from '@envoi/core/access/token-keys'
import { createDecoder, createSigner, createVerifier } from 'fast-jwt'

/** Seconds an access token lives. */
export const accessTokenLifetime = 600

/** RFC 9068, section 2.1: no other kind of token passes for an access token. */
const accessTokenType = 'at+jwt'

/** Of a user who is logged in. */
export interface SessionClaims {
  sub: string
  /** The account. */
  acc: string
  /** The session, asked for at each request. */
  sid: string
}

/** Of an API key, by the client credentials grant of OAuth: `sub` and `client_id` are its id (RFC 9068, section 2.2). */
export interface ClientClaims {
  sub: string
  client_id: string
  acc: string
  scope: string
  /** Which of the key's values it was made with: it ends with it. */
  cred: string
}

type Made = { jti: string; exp: number }

export interface AccessTokens {
  sign(claims: SessionClaims | ClientClaims): string
  /** null for what is no good token of ours. One that says to be of a session and of a client is neither. */
  verify(token: string): (SessionClaims | (ClientClaims & Made)) | null
}

export const grantIn = (claims: ClientClaims & Made): ClientGrant => ({
  accountId: claims.acc,
  apiKeyId: claims.client_id,
  credential: claims.cred,
  scope: claims.scope.split(' '),
  tokenId: claims.jti,
  expiresAt: new Date(claims.exp * 1_000),
})

interface Tools {
  sign: (claims: Record<string, unknown>) => string
  verify: (token: string) => Record<string, unknown>
}

/**
 * Times are those of the machine as `clock` puts it right: a process whose machine is wrong makes and takes the tokens that all
 * others do.
 */
export function accessTokens(
  ring: TokenKeyRing,
  issuer: string,
  { newId, clock }: Pick<Platform, 'newId' | 'clock'>,
): AccessTokens {
  const seconds = () => (Date.now() + (clock.correctionMs?.() ?? 0)) / 1_000
  const tools = new WeakMap<TokenKey, Tools>()
  const decode = createDecoder({ complete: true })
  const toolsFor = (key: TokenKey): Tools => {
    const made = tools.get(key) ?? toolsOf(key, issuer)
    tools.set(key, made)
    return made
  }
  return {
    sign: (claims) => toolsFor(ring.signing()).sign({ ...claims, jti: newId(), iat: Math.floor(seconds()) }),
    verify(token) {
      try {
        const { kid } = (decode(token) as { header: { kid?: unknown } }).header
        const key = typeof kid === 'string' ? ring.find(kid) : undefined
        if (key === undefined) return null
        const claims = toolsFor(key).verify(token)
        if (typeof claims.exp !== 'number' || claims.exp <= seconds()) return null
        return isOfSession(claims) || isOfClient(claims) ? claims : null
      } catch {
        return null
      }
    },
  }
}

function toolsOf(key: TokenKey, issuer: string): Tools {
  return {
    sign: createSigner<Record<string, unknown>>({
      key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      algorithm: 'EdDSA',
      expiresIn: accessTokenLifetime * 1_000,
      iss: issuer,
      aud: issuer,
      kid: key.id,
      header: { alg: 'EdDSA', typ: accessTokenType },
    }),
    verify: createVerifier({
      key: key.publicKey.export({ type: 'spki', format: 'pem' }) as string,
      algorithms: ['EdDSA'],
      checkTyp: accessTokenType,
      // by the clock that is passed in, see `verify`
      ignoreExpiration: true,
      allowedIss: issuer,
      allowedAud: issuer,
      requiredClaims: ['iss', 'aud', 'sub', 'acc', 'jti', 'exp'],
    }),
  }
}

const isId = (claim: unknown) => typeof claim === 'string' && /^[0-9a-f-]{36}$/.test(claim)

type Claims = Record<string, unknown>

const isOfSession = (claims: Claims): claims is Claims & SessionClaims =>
  isId(claims.acc) && isId(claims.sid) && claims.client_id === undefined

const isOfClient = (claims: Claims): claims is Claims & ClientClaims & Made =>
  isId(claims.acc) &&
  isId(claims.client_id) &&
  claims.sub === claims.client_id &&
  claims.sid === undefined &&
  isId(claims.jti) &&
  typeof claims.scope === 'string' &&
  typeof claims.cred === 'string'
