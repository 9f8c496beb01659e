import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listApiKeys(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.apiKey.findMany({ ...page, where: { ...context.scope, ...page.where, revokedAt: null } }),
  )
}

export async function getApiKey(context: Context, id: string) {
  const apiKey = await context.db.apiKey.findUnique({
    where: { accountId_id: { ...context.scope, id }, revokedAt: null },
  })
  if (apiKey === null) throw new DomainError('not_found')
  return apiKey
}
