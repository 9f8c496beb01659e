import type { Platform } from '../context.ts'
import { type KeyRow, principalOfKey } from './authenticate-api-key.ts'
import type { Principal } from './principal.ts'

/** What an OAuth access token says, its signature and times proven. */
export interface ClientGrant {
  accountId: string
  apiKeyId: string
  /** Which value of the key it was made with: see `credentialOf`. */
  credential: string
  scope: readonly string[]
  tokenId: string
  expiresAt: Date
}

/** Names a value of a key: the beginning of its hash. Of 96 bits, so it tells values apart and leads back to none. */
export const credentialOf = (lookup: Uint8Array) => Buffer.from(lookup.subarray(0, 12)).toString('base64url')

const findGrant = {
  name: 'authenticate-client-token',
  text: `
    select k.account_id, k.id, k.role, k.permissions, k.allowed_ips, k.test_mode, k.last_used_at, a.status, i.shown_to
    from credential_index i
    join api_key k on k.account_id = i.account_id and k.id = i.subject_id
    join account a on a.id = i.account_id
    where i.account_id = $1 and i.subject_id = $2 and i.kind = 'api_key' and substring(i.lookup from 1 for 12) = $3
      and (i.ends_at is null or i.ends_at > $5) and k.revoked_at is null and (k.expires_at is null or k.expires_at > $5)
      and not exists (select from revoked_token where account_id = $1 and id = $4)`,
}

/**
 * Who holds an OAuth access token: the API key that it was made for, as far as the token's scope goes and no further than the key
 * does now. null when the key, or the value of it that the token was made with, has ended, or the token was revoked. Asked at
 * each request, so that each of these ends it at once.
 */
export async function authenticateClientToken(
  platform: Platform,
  { accountId, apiKeyId, credential, scope, tokenId }: ClientGrant,
): Promise<Principal | null> {
  const { rows } = await platform.pool.query<KeyRow>({
    ...findGrant,
    values: [accountId, apiKeyId, Buffer.from(credential, 'base64url'), tokenId, platform.clock.now()],
  })
  if (rows[0] === undefined) return null
  const principal = principalOfKey(rows[0])
  return { ...principal, permissions: new Set(scope.filter((name) => principal.permissions.has(name))) }
}
