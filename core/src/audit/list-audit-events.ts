import type { Context } from '../context.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'
import { type AuditFilter, auditFilter } from './audit-filter.ts'

export async function listAuditEvents(
  context: Context,
  { limit, cursor, ...filter }: PageRequest & AuditFilter,
) {
  const where = auditFilter(context, filter)
  return paginate(context, { limit, cursor }, { ...filter }, (page) =>
    context.db.auditEvent.findMany({ ...page, where: { ...where, ...page.where } }),
  )
}
