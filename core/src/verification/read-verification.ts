import type { AccountStatus, VerificationChange } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type StepKind, type StepStatus, stepKinds } from './steps.ts'

/** Changes of a step that are shown, the newest: a domain whose DNS comes and goes adds lines without end. */
const shownChanges = 100

export interface Step {
  kind: StepKind
  status: StepStatus
  /** Newest first. */
  history: VerificationChange[]
}

export interface Verification {
  status: AccountStatus
  steps: Step[]
}

/** How far the vetting of the account has come. */
export async function readVerification({ db, scope, accountId }: Context): Promise<Verification> {
  const account = await db.account.findUnique({ where: { id: accountId }, select: { status: true } })
  if (account === null) throw new DomainError('not_found')
  const steps: Step[] = []
  for (const kind of stepKinds) {
    const history = await db.verificationChange.findMany({
      where: { ...scope, kind },
      orderBy: { number: 'desc' },
      take: shownChanges,
    })
    steps.push({ kind, status: history[0]?.status ?? 'pending', history })
  }
  return { status: account.status, steps }
}
