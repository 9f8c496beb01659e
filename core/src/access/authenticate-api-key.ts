import { permissionsOf } from '@envoi/openapi'
import type { Platform } from '../context.ts'
import { lookupTogether } from '../lookup-together.ts'
import { apiKeyLookup, isWellFormedApiKey } from './api-key-format.ts'
import type { Principal } from './principal.ts'

interface Row {
  lookup: Buffer
  account_id: string
  id: string
  role: string | null
  permissions: string[]
  allowed_ips: string[]
  expires_at: Date | null
  last_used_at: Date | null
  status: string
}

// a prepared statement: this runs before every request
const findKeys = {
  name: 'authenticate-api-keys',
  text: `
    select i.lookup, k.account_id, k.id, k.role, k.permissions, k.allowed_ips, k.expires_at, k.last_used_at, a.status
    from credential_index i
    join api_key k on k.account_id = i.account_id and k.id = i.subject_id
    join account a on a.id = i.account_id
    where i.lookup = any($1::bytea[]) and i.kind = 'api_key' and k.revoked_at is null`,
}

// at each request, so that revoking a key ends it at once
const findKey = lookupTogether<string, Row | undefined>(async (pool, keys) => {
  const lookups = new Map([...new Set(keys)].map((key) => [key, Buffer.from(apiKeyLookup(key))]))
  const { rows } = await pool.query<Row>({ ...findKeys, values: [[...lookups.values()]] })
  return keys.map((key) => rows.find(({ lookup }) => lookups.get(key)?.equals(lookup)))
})

/** Who an API key is, or null when it is mistyped, unknown, expired or revoked. */
export async function authenticateApiKey(platform: Platform, key: string): Promise<Principal | null> {
  if (!isWellFormedApiKey(key)) return null
  const row = await findKey(platform, key)
  const now = platform.clock.now()
  if (row === undefined || (row.expires_at !== null && row.expires_at <= now)) return null
  // to the minute, so that a busy key does not cost a write per request
  if (row.last_used_at === null || now.getTime() - row.last_used_at.getTime() > 60_000) {
    await platform.pool.query('update api_key set last_used_at = $3 where account_id = $1 and id = $2', [
      row.account_id,
      row.id,
      now,
    ])
  }
  return {
    accountId: row.account_id,
    actor: { type: 'api_key', id: row.id },
    permissions: permissionsOf(row.role, row.permissions),
    allowedIps: row.allowed_ips,
    accountStatus: row.status,
  }
}
