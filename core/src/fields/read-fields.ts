import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

/** With what allows to hold it. */
export const withPurpose = { purpose: { select: { id: true, key: true, legalBasis: true } } } as const

export async function listFields(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.field.findMany({ ...page, where: { ...context.scope, ...page.where }, include: withPurpose }),
  )
}

export async function getField(context: Context, id: string) {
  const field = await context.db.field.findUnique({
    where: { accountId_id: { ...context.scope, id } },
    include: withPurpose,
  })
  if (field === null) throw new DomainError('not_found')
  return field
}
