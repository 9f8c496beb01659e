import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listSenderDomains(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.senderDomain.findMany({ ...page, where: { ...context.scope, ...page.where } }),
  )
}

export async function getSenderDomain(context: Context, id: string) {
  const domain = await context.db.senderDomain.findUnique({
    where: { accountId_id: { ...context.scope, id } },
  })
  if (domain === null) throw new DomainError('not_found')
  return domain
}
