import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listSenders(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.sender.findMany({ ...page, where: { ...context.scope, ...page.where } }),
  )
}

export async function getSender(context: Context, id: string) {
  const sender = await context.db.sender.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (sender === null) throw new DomainError('not_found')
  return sender
}
