import { permissionsOf } from '@envoi/openapi'
import type { Platform } from '../context.ts'
import type { Principal } from './principal.ts'

interface Row {
  user_id: string
  role: string | null
  permissions: string[]
  security: { allowedIps?: string[] }
  status: string
  must_enrol: boolean
}

const findSession = {
  name: 'authenticate-session',
  text: `
    select
      u.id as user_id, u.role, u.permissions, a.security, a.status,
      (u.second_factor_due or a.security ->> 'requireTotp' = 'true') and not exists (
        select from totp where account_id = u.account_id and user_id = u.id and confirmed_at is not null
        union all
        select from passkey where account_id = u.account_id and user_id = u.id
      ) as must_enrol
    from session s
    join "user" u on u.account_id = s.account_id and u.id = s.user_id and u.status = 'active'
    join account a on a.id = s.account_id
    where s.account_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > $3`,
}

/** Who holds a live session. Asked at each request, so that ending a session ends its access tokens at once. */
export async function authenticateSession(
  platform: Platform,
  accountId: string,
  sessionId: string,
): Promise<Principal | null> {
  const { rows } = await platform.pool.query<Row>({
    ...findSession,
    values: [accountId, sessionId, platform.clock.now()],
  })
  const row = rows[0]
  if (row === undefined) return null
  return {
    accountId,
    actor: { type: 'user', id: row.user_id, sessionId },
    permissions: permissionsOf(row.role, row.permissions),
    allowedIps: row.security.allowedIps ?? [],
    accountStatus: row.status,
    mustEnrol: row.must_enrol,
  }
}
