import { permissionsOf } from '@envoi/openapi'
import type { Platform } from '../context.ts'
import { apiKeyLookup, isWellFormedApiKey } from './api-key-format.ts'
import type { Principal } from './principal.ts'

export interface KeyRow {
  account_id: string
  id: string
  role: string | null
  permissions: string[]
  allowed_ips: string[]
  test_mode: boolean
  last_used_at: Date | null
  status: string
}

// one prepared statement: this runs before every request
const findKey = {
  name: 'authenticate-api-key',
  text: `
    select k.account_id, k.id, k.role, k.permissions, k.allowed_ips, k.test_mode, k.last_used_at, a.status
    from credential_index i
    join api_key k on k.account_id = i.account_id and k.id = i.subject_id
    join account a on a.id = i.account_id
    where i.lookup = $1 and i.kind = 'api_key' and (i.ends_at is null or i.ends_at > $2)
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)`,
}

/** Who an API key is, or null when it is mistyped, unknown, expired, rotated away or revoked. */
export async function authenticateApiKey(platform: Platform, key: string): Promise<Principal | null> {
  if (!isWellFormedApiKey(key)) return null
  const values = [apiKeyLookup(key), platform.clock.now()]
  const { rows } = await platform.pool.query<KeyRow>({ ...findKey, values })
  return rows[0] === undefined ? null : principalOfKey(rows[0])
}

export function principalOfKey(row: KeyRow): Principal {
  return {
    accountId: row.account_id,
    actor: { type: 'api_key', id: row.id, testMode: row.test_mode },
    permissions: permissionsOf(row.role, row.permissions),
    allowedIps: row.allowed_ips,
    accountStatus: row.status,
    lastUsedAt: row.last_used_at,
  }
}
