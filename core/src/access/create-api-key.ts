import { permissionsOf } from '@envoi/openapi'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { isAddressRange } from './allowed-address.ts'
import { apiKeyHint, apiKeyLookup, generateApiKey } from './api-key-format.ts'

interface NewApiKey {
  name: string
  role?: string
  permissions?: string[]
  expiresAt?: string
  allowedIps?: string[]
}

/** Creates a key that may do at most what its creator may. The key is returned once; only its hash is kept. */
export async function createApiKey(context: Context, input: NewApiKey) {
  if ((input.role === undefined) === (input.permissions === undefined))
    throw invalid('/permissions', 'or `role` must be given, and not both')
  const beyond = [...permissionsOf(input.role ?? null, input.permissions ?? [])].filter(
    (permission) => !context.permissions.has(permission),
  )
  if (beyond.length > 0)
    throw new DomainError('permission_missing', {
      detail: `You cannot grant what you do not have: ${beyond.join(', ')}.`,
    })
  input.allowedIps?.forEach((range, index) => {
    if (!isAddressRange(range)) throw invalid(`/allowedIps/${index}`, 'must be an IP address or a CIDR range')
  })
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt)
  if (expiresAt !== null && expiresAt <= context.clock.now())
    throw invalid('/expiresAt', 'must be in the future')
  const key = generateApiKey()
  return transaction(context, async (tx) => {
    const apiKey = await tx.db.apiKey.create({
      data: {
        ...tx.scope,
        id: tx.newId(),
        name: input.name,
        hint: apiKeyHint(key),
        role: input.role ?? null,
        permissions: input.permissions ?? [],
        allowedIps: input.allowedIps ?? [],
        expiresAt,
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
