import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listLists(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.list.findMany({ ...page, where: { ...context.scope, ...page.where } }),
  )
}

export async function getList(context: Context, id: string) {
  const list = await context.db.list.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (list === null) throw new DomainError('not_found')
  return list
}
