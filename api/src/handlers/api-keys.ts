import type { Context } from '@envoi/core'
import { createApiKey } from '@envoi/core/access/create-api-key'
import { getApiKey, listApiKeys } from '@envoi/core/access/read-api-keys'
import { revokeApiKey } from '@envoi/core/access/revoke-api-key'
import { rotateApiKey } from '@envoi/core/access/rotate-api-key'
import { type Masked, maskApiKey } from '@envoi/core/contacts/mask'
import type { ApiKey as ApiKeyRow } from '@envoi/core/database'
import { contract, permissionsOf } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const apiKeysHandlers = implement(contract.apiKeys, {
  create: async ({ body }, context) => {
    const { apiKey, key } = await createApiKey(context, body)
    return created(`/v1/api-keys/${apiKey.id}`, { ...presentApiKey(context)(apiKey), key })
  },
  list: async ({ query }, context) => page(await listApiKeys(context, query), presentApiKey(context)),
  get: async ({ params }, context) => ok(presentApiKey(context)(await getApiKey(context, params.apiKeyId))),
  rotate: async ({ params, body }, context) => {
    const { apiKey, key, previousEndsAt } = await rotateApiKey(context, params.apiKeyId, body ?? {})
    return ok({ ...presentApiKey(context)(apiKey), key, previousEndsAt: previousEndsAt.toISOString() })
  },
  delete: async ({ params }, context) => {
    await revokeApiKey(context, params.apiKeyId)
    return noContent()
  },
})

const presentApiKey = (context: Context) => (apiKey: ApiKeyRow) => presentMasked(maskApiKey(context, apiKey))

function presentMasked(apiKey: Masked<ApiKeyRow>) {
  return {
    id: apiKey.id,
    name: apiKey.name,
    hint: apiKey.hint,
    permissions: [...permissionsOf(apiKey.role, apiKey.permissions)] as never[],
    mode: apiKey.testMode ? ('test' as const) : ('live' as const),
    allowedIps: apiKey.allowedIps,
    expiresAt: apiKey.expiresAt?.toISOString() ?? null,
    lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
    lastUsedAddress: apiKey.lastUsedAddress,
    createdBy: apiKey.createdBy,
    createdWith: apiKey.createdWith,
    rotatedBy: apiKey.rotatedBy,
    rotatedAt: apiKey.rotatedAt?.toISOString() ?? null,
    createdAt: apiKey.createdAt.toISOString(),
  }
}
