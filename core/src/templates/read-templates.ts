import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listTemplates(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.template.findMany({ ...page, where: { ...context.scope, ...page.where } }),
  )
}

export async function getTemplate(context: Context, id: string) {
  const template = await context.db.template.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (template === null) throw new DomainError('not_found')
  return template
}
