import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listErasures(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.erasure.findMany({ ...page, where: { ...context.scope, ...page.where } }),
  )
}

export async function getErasure(context: Context, id: string) {
  const erasure = await context.db.erasure.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (erasure === null) throw new DomainError('not_found')
  return erasure
}
