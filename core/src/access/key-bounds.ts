/** What an API key may be given: never more than whoever makes or rotates it has. */
import { permissionsOf } from '@envoi/openapi'
import { type Context, isTestMode } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { managerOf } from '../users/rights.ts'
import { isRangeWithin } from './allowed-address.ts'
import { getApiKey } from './read-api-keys.ts'

/** @throws DomainError `permission_missing` when the actor lacks any of these rights */
export async function requireGrantableKey(
  tx: Context,
  { role, permissions }: { role: string | null; permissions: string[] },
): Promise<void> {
  const maker = await managerOf(tx)
  const beyond = [...permissionsOf(role, permissions)].filter(
    (permission) => !maker.permissions.has(permission),
  )
  if (beyond.length > 0)
    throw new DomainError('permission_missing', {
      detail: `You cannot grant what you do not have: ${beyond.join(', ')}.`,
    })
}

/** Where and until when a new key works: within the bounds of the key that makes it, which are its own where it names none. */
export async function boundsFor(tx: Context, allowedIps: string[], expiresAt: Date | null) {
  const maker = await makerOf(tx)
  if (maker === null) return { allowedIps, expiresAt }
  const isBound = maker.allowedIps.length > 0
  allowedIps.forEach((range, index) => {
    if (isBound && !isRangeWithin(range, maker.allowedIps))
      throw invalid(`/allowedIps/${index}`, 'is not within the addresses of the key that you use')
  })
  if (maker.expiresAt !== null && expiresAt !== null && expiresAt > maker.expiresAt)
    throw invalid('/expiresAt', 'must not be later than that of the key that you use')
  return {
    allowedIps: allowedIps.length === 0 ? maker.allowedIps : allowedIps,
    expiresAt: expiresAt ?? maker.expiresAt,
  }
}

interface Bounds {
  testMode: boolean
  allowedIps: string[]
  expiresAt: Date | null
}

/**
 * Refuses to hand over the value of a key that works longer, from more addresses, or lets more leave than the one in use. A key is
 * within its own bounds.
 */
export async function requireWithinBounds(tx: Context, key: Bounds): Promise<void> {
  const refuse = (what: string) => new DomainError('permission_missing', { detail: `The key ${what}.` })
  if (isTestMode(tx) && !key.testMode) throw refuse('is a live one, and yours is a test key')
  const maker = await makerOf(tx)
  if (maker === null) return
  if (maker.expiresAt !== null && (key.expiresAt === null || key.expiresAt > maker.expiresAt))
    throw refuse('works for longer than the one that you use')
  const isWider =
    maker.allowedIps.length > 0 &&
    (key.allowedIps.length === 0 || key.allowedIps.some((range) => !isRangeWithin(range, maker.allowedIps)))
  if (isWider) throw refuse('works from more addresses than the one that you use')
}

/** The key in use; null for users, who have no such bounds. */
async function makerOf(tx: Context) {
  const { type, id } = tx.actor
  return type === 'api_key' && id !== null ? getApiKey(tx, id) : null
}
