import type { WorkStatus } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listImports(context: Context, query: PageRequest & { status?: WorkStatus }) {
  const { status } = query
  return paginate(context, query, { status }, (page) =>
    context.db.import.findMany({ ...page, where: { ...context.scope, ...page.where, status } }),
  )
}

export async function getImport(context: Context, id: string) {
  const found = await context.db.import.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (found === null) throw new DomainError('not_found')
  return found
}
