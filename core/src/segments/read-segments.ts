import type { SegmentRule } from '@envoi/openapi'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listSegments(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.segment.findMany({ ...page, where: { ...context.scope, ...page.where } }),
  )
}

export async function getSegment(context: Context, id: string) {
  const segment = await context.db.segment.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (segment === null) throw new DomainError('not_found')
  return segment
}

/** The rule of a stored segment: it was checked before it was stored. */
export const ruleOf = (segment: { rule: unknown }) => segment.rule as SegmentRule
