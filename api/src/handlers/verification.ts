import { readVerification, type Verification } from '@envoi/core/verification/read-verification'
import { contract } from '@envoi/openapi'
import { ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const verificationHandlers = implement(contract.verification, {
  get: async (_, context) => ok(presentVerification(await readVerification(context))),
})

export function presentVerification({ status, steps }: Verification) {
  return {
    status,
    steps: steps.map((step) => ({
      kind: step.kind,
      status: step.status,
      history: step.history.map(({ at, before, status, actorType, actorId, reason }) => ({
        at: at.toISOString(),
        before,
        status,
        actor: { type: actorType as 'user', id: actorId },
        reason,
      })),
    })),
  }
}
