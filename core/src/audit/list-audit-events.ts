import type { Context } from '../context.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listAuditEvents(
  context: Context,
  query: PageRequest & { action?: string; targetId?: string },
) {
  const { action, targetId } = query
  return paginate(context, query, { action, targetId }, (page) =>
    context.db.auditEvent.findMany({ ...page, where: { ...context.scope, ...page.where, action, targetId } }),
  )
}
