/** Web origins (RFC 6454) whose pages may call the API in the browsers of their visitors. */
import type { Context, Platform } from '../context.ts'

/** As a browser sends it: scheme, host and port, nothing else. No wildcard, and not `null`, which any sandboxed page has. */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol } = new URL(text)
  return origin === text && !text.includes('*') && (protocol === 'https:' || protocol === 'http:')
}

/** Whether an account lets pages of an origin read its answers. */
export async function isOriginAllowed({ pool, accountId }: Context, origin: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'is-origin-allowed',
    text: `select from account as a where a.id = $1 and a.security -> 'allowedOrigins' ? $2`,
    values: [accountId, origin],
  })
  return rowCount === 1
}

/** Whether any account does: all that can be asked before a request has credentials. */
export async function isOriginKnown({ pool }: Platform, origin: string): Promise<boolean> {
  const { rows } = await pool.query<{ known: boolean }>({
    name: 'is-origin-known',
    text: `select exists (select from account where security -> 'allowedOrigins' ? $1) as known`,
    values: [origin],
  })
  return rows[0]?.known === true
}
