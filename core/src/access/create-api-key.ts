import { permissionsOf } from '@envoi/openapi'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { lockAccount } from '../users/lock-account.ts'
import { managerOf } from '../users/rights.ts'
import { isAddressRange, isRangeWithin } from './allowed-address.ts'
import { apiKeyHint, apiKeyLookup, generateApiKey } from './api-key-format.ts'
import { getApiKey } from './read-api-keys.ts'

interface NewApiKey {
  name: string
  role?: string
  permissions?: string[]
  expiresAt?: string
  allowedIps?: string[]
}

/**
 * Creates a key that may do at most what its creator may. One made with a key that ends, or that works from some addresses only, does
 * not outlive it nor work from elsewhere: whoever has copied a bound key gets no other use of it. The key is returned once; only its hash is
 * kept.
 */
export async function createApiKey(context: Context, input: NewApiKey) {
  if ((input.role === undefined) === (input.permissions === undefined))
    throw invalid('/permissions', 'or `role` must be given, and not both')
  input.allowedIps?.forEach((range, index) => {
    if (!isAddressRange(range)) throw invalid(`/allowedIps/${index}`, 'must be an IP address or a CIDR range')
  })
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt)
  if (expiresAt !== null && expiresAt <= context.clock.now())
    throw invalid('/expiresAt', 'must be in the future')
  const key = generateApiKey()
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    await requireGrantable(tx, input)
    const bounds = await boundsFor(tx, input.allowedIps ?? [], expiresAt)
    const apiKey = await tx.db.apiKey.create({
      data: {
        ...tx.scope,
        id: tx.newId(),
        name: input.name,
        hint: apiKeyHint(key),
        role: input.role ?? null,
        permissions: input.permissions ?? [],
        ...bounds,
        createdAt: tx.clock.now(),
      },
    })
    await tx.db.credentialIndex.create({
      data: { lookup: apiKeyLookup(key), kind: 'api_key', accountId: tx.accountId, subjectId: apiKey.id },
    })
    await recordAudit(tx, { target: { type: 'api_key', id: apiKey.id } })
    return { apiKey, key }
  })
}

async function requireGrantable(tx: Context, { role, permissions }: NewApiKey): Promise<void> {
  const maker = await managerOf(tx)
  const beyond = [...permissionsOf(role ?? null, permissions ?? [])].filter(
    (permission) => !maker.permissions.has(permission),
  )
  if (beyond.length > 0)
    throw new DomainError('permission_missing', {
      detail: `You cannot grant what you do not have: ${beyond.join(', ')}.`,
    })
}

/** Where and until when the new key works: within the bounds of the key that makes it, which are its own where it names none. */
async function boundsFor(tx: Context, allowedIps: string[], expiresAt: Date | null) {
  const { type, id } = tx.actor
  if (type !== 'api_key' || id === null) return { allowedIps, expiresAt }
  const maker = await getApiKey(tx, id)
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
