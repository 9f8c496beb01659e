import { recordAudit } from '../audit/record-audit.ts'
import { type Context, isTestMode } from '../context.ts'
import { invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { lockAccount } from '../users/lock-account.ts'
import { isAddressRange } from './allowed-address.ts'
import { apiKeyHint, apiKeyLookup, generateApiKey } from './api-key-format.ts'
import { boundsFor, requireGrantableKey } from './key-bounds.ts'
import { personBehind } from './person-behind.ts'

interface NewApiKey {
  name: string
  role?: string
  permissions?: string[]
  /** `live` unless said; of a key made with a test key `test`. */
  mode?: 'live' | 'test'
  expiresAt?: string
  allowedIps?: string[]
}

/**
 * Creates a key that may do at most what its creator may. One made with a key that ends, or that works from some addresses only,
 * does not outlive it nor work from elsewhere: whoever has copied a bound key gets no other use of it. The key is returned once;
 * only its hash is kept.
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
  if (isTestMode(context) && input.mode === 'live')
    throw invalid('/mode', 'cannot be live: the key that you use is a test key')
  const testMode = input.mode === 'test' || isTestMode(context)
  const key = generateApiKey({ testMode })
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    await requireGrantableKey(tx, { role: input.role ?? null, permissions: input.permissions ?? [] })
    const bounds = await boundsFor(tx, input.allowedIps ?? [], expiresAt)
    const maker = personBehind(tx)
    const apiKey = await tx.db.apiKey.create({
      data: {
        ...tx.scope,
        id: tx.newId(),
        name: input.name,
        hint: apiKeyHint(key),
        role: input.role ?? null,
        permissions: input.permissions ?? [],
        testMode,
        ...bounds,
        createdBy: maker,
        createdWith: tx.actor.type === 'api_key' ? tx.actor.id : null,
        createdAt: tx.clock.now(),
      },
    })
    await tx.db.credentialIndex.create({
      data: {
        ...tx.scope,
        lookup: apiKeyLookup(key),
        kind: 'api_key',
        subjectId: apiKey.id,
        shownTo: maker,
      },
    })
    await recordAudit(tx, { target: { type: 'api_key', id: apiKey.id } })
    return { apiKey, key }
  })
}
