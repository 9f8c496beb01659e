/**
 * The vetting of an account, step by step. What became of a step is a line that is added (`verification_change`), in the
 * transaction of what made it so; the last line says where the step stands. Callers hold the lock of the account
 * (`lockAccount`), so lines of one step never cross, and no approval is decided on steps that change meanwhile.
 */
import type { VerificationKind, VerificationStatus } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { recordRows } from '../records/record-rows.ts'

/** In the order in which they are taken. */
export const stepKinds = ['owner_email', 'company', 'sender_domain', 'operator_review'] as const
export type StepKind = VerificationKind
export type StepStatus = VerificationStatus

/** Where a step stands; `pending` until something became of it. */
export async function readStep(
  { db, scope }: Context,
  kind: StepKind,
): Promise<{ number: number; status: StepStatus }> {
  const last = await db.verificationChange.findFirst({
    where: { ...scope, kind },
    orderBy: { number: 'desc' },
    select: { number: true, status: true },
  })
  return last ?? { number: 0, status: 'pending' }
}

/** Writes down where a step stands now, if that is news. */
export async function moveStep(
  tx: Context,
  kind: StepKind,
  status: StepStatus,
  reason: string | null = null,
): Promise<void> {
  const { number, status: before } = await readStep(tx, kind)
  if (status === before) return
  const id = tx.newId()
  await tx.db.verificationChange.create({
    data: {
      ...tx.scope,
      id,
      kind,
      number: number + 1,
      before,
      status,
      actorType: tx.actor.type,
      actorId: tx.actor.id,
      reason,
      at: tx.clock.now(),
    },
    select: { id: true },
  })
  await recordRows(tx, 'verification', [id])
}

/** What can be checked is so, or is not. A step that was waived stays waived until it is passed. */
export async function settleStep(tx: Context, kind: StepKind, isMet: boolean): Promise<void> {
  if (isMet) return moveStep(tx, kind, 'passed')
  if ((await readStep(tx, kind)).status === 'passed') await moveStep(tx, kind, 'pending')
}
