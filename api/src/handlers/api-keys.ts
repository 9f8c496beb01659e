import { createApiKey } from '@envoi/core/access/create-api-key'
import { getApiKey, listApiKeys } from '@envoi/core/access/read-api-keys'
import { revokeApiKey } from '@envoi/core/access/revoke-api-key'
import type { ApiKey as ApiKeyRow } from '@envoi/core/database'
import { contract, permissionsOf } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const apiKeysHandlers = implement(contract.apiKeys, {
  create: async ({ body }, context) => {
    const { apiKey, key } = await createApiKey(context, body)
    return created(`/v1/api-keys/${apiKey.id}`, { ...presentApiKey(apiKey), key })
  },
  list: async ({ query }, context) => page(await listApiKeys(context, query), presentApiKey),
  get: async ({ params }, context) => ok(presentApiKey(await getApiKey(context, params.apiKeyId))),
  delete: async ({ params }, context) => {
    await revokeApiKey(context, params.apiKeyId)
    return noContent()
  },
})

function presentApiKey(apiKey: ApiKeyRow) {
  return {
    id: apiKey.id,
    name: apiKey.name,
    hint: apiKey.hint,
    permissions: [...permissionsOf(apiKey.role, apiKey.permissions)] as never[],
    allowedIps: apiKey.allowedIps,
    expiresAt: apiKey.expiresAt?.toISOString() ?? null,
    lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
    createdAt: apiKey.createdAt.toISOString(),
  }
}
