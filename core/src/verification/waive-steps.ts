import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { moveStep, readStep, stepKinds } from './steps.ts'

/** Steps that an operator can do without: all but their own. */
export type WaivableKind = Exclude<(typeof stepKinds)[number], 'operator_review'>

export interface Waiver {
  kinds: readonly WaivableKind[]
  reason: string
}

/**
 * Lets an approval through: each step before it is passed, or waived now or earlier. The caller holds the lock of the account.
 *
 * @throws DomainError `verification_incomplete`, which names the steps that are open
 */
export async function requireSteps(tx: Context, waiver: Waiver | undefined): Promise<void> {
  const open: string[] = []
  for (const kind of stepKinds) {
    if (kind === 'operator_review') continue
    const { status } = await readStep(tx, kind)
    if (status === 'passed' || status === 'waived') continue
    if (waiver?.kinds.includes(kind) === true) await moveStep(tx, kind, 'waived', waiver.reason)
    else open.push(kind)
  }
  if (open.length > 0)
    throw new DomainError('verification_incomplete', { detail: `Steps are open: ${open.join(', ')}.` })
}
