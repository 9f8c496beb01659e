import { permissionsOf } from '@envoi/openapi'
import type { Platform } from '../context.ts'
import { lookupTogether } from '../lookup-together.ts'
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
  /** Whom the value in use was shown to. */
  shown_to: string | null
}

interface FoundRow extends KeyRow {
  lookup: Buffer
  /** When this value of the key ends: rotated away, or with the key. */
  ends_at: Date | null
}

// a prepared statement: this runs before every request
const findKeys = {
  name: 'authenticate-api-keys',
  text: `
    select k.account_id, k.id, k.role, k.permissions, k.allowed_ips, k.test_mode, k.last_used_at, a.status,
           i.lookup, i.shown_to, least(i.ends_at, k.expires_at) as ends_at
    from credential_index i
    join api_key k on k.account_id = i.account_id and k.id = i.subject_id
    join account a on a.id = i.account_id
    where i.lookup = any($1::bytea[]) and i.kind = 'api_key' and k.revoked_at is null`,
}

// at each request, so that revoking a key ends it at once
const findKey = lookupTogether<string, FoundRow | undefined>(async (pool, keys) => {
  const lookups = new Map([...new Set(keys)].map((key) => [key, Buffer.from(apiKeyLookup(key))]))
  const { rows } = await pool.query<FoundRow>({ ...findKeys, values: [[...lookups.values()]] })
  return keys.map((key) => rows.find(({ lookup }) => lookups.get(key)?.equals(lookup)))
})

/** Who an API key is, or null when it is mistyped, unknown, expired, rotated away or revoked. */
export async function authenticateApiKey(platform: Platform, key: string): Promise<Principal | null> {
  if (!isWellFormedApiKey(key)) return null
  const row = await findKey(platform, key)
  if (row === undefined || (row.ends_at !== null && row.ends_at <= platform.clock.now())) return null
  return principalOfKey(row)
}

export function principalOfKey(row: KeyRow): Principal {
  return {
    accountId: row.account_id,
    actor: { type: 'api_key', id: row.id, testMode: row.test_mode, holder: row.shown_to },
    permissions: permissionsOf(row.role, row.permissions),
    allowedIps: row.allowed_ips,
    accountStatus: row.status,
    lastUsedAt: row.last_used_at,
  }
}
