import type { SegmentRule } from '@envoi/openapi'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, uniqueViolation } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { requireUpdated } from '../update-versioned.ts'
import { checkRule } from './compile-rule.ts'
import { getSegment } from './read-segments.ts'
import { requireRevealed } from './require-revealed.ts'

/** Creates a segment, its rule checked against what it names. */
export async function createSegment(context: Context, input: { name: string; rule: SegmentRule }) {
  await requireSound(context, input.rule)
  const now = context.clock.now()
  return namesTaken(
    transaction(context, async (tx) => {
      const segment = await tx.db.segment.create({
        data: {
          ...tx.scope,
          id: tx.newId(),
          name: input.name,
          rule: input.rule,
          createdAt: now,
          updatedAt: now,
        },
      })
      await recordAudit(tx, { target: { type: 'segment', id: segment.id } })
      return segment
    }),
  )
}

/** Changes a segment; a segment may not come to contain itself. */
export async function updateSegment(
  context: Context,
  id: string,
  patch: { name?: string; rule?: SegmentRule },
  expectedVersion: number | undefined,
) {
  if (patch.rule !== undefined) await requireSound(context, patch.rule, id)
  return namesTaken(
    transaction(context, async (tx) => {
      const { count } = await tx.db.segment.updateMany({
        where: { ...tx.scope, id, version: expectedVersion },
        data: { ...patch, version: { increment: 1 }, updatedAt: tx.clock.now() },
      })
      await requireUpdated(count, () =>
        tx.db.segment.findUnique({ where: { accountId_id: { ...tx.scope, id } } }),
      )
      await recordAudit(tx, { target: { type: 'segment', id }, changed: Object.keys(patch) })
      return getSegment(tx, id)
    }),
  )
}

async function requireSound(context: Context, rule: SegmentRule, self?: string): Promise<void> {
  await requireRevealed(context, rule)
  const fields = await checkRule(context, rule, self === undefined ? {} : { self })
  const [first] = fields
  if (first !== undefined) {
    throw new DomainError('invalid', { detail: `${first.pointer} ${first.detail}`, fields })
  }
}

async function namesTaken<T>(saving: Promise<T>): Promise<T> {
  try {
    return await saving
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    throw new DomainError('conflict', { fields: [{ pointer: '/name', detail: 'is taken' }] })
  }
}
