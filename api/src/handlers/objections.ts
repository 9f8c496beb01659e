import type { Context } from '@envoi/core'
import { liftObjection } from '@envoi/core/objections/lift-objection'
import { listObjections, type Objection } from '@envoi/core/objections/read-objections'
import { recordObjection } from '@envoi/core/objections/record-objection'
import { contract } from '@envoi/openapi'
import { created, noContent, ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { presentEvidence } from './consents.ts'

export const objectionsHandlers = implement(contract.objections, {
  list: async ({ params }, context) => {
    const objections = await listObjections(context, params.contactId)
    return ok({ data: objections.map(presentObjection(context)), nextCursor: null })
  },
  create: async ({ params, body }, context) => {
    const objection = await recordObjection(context, params.contactId, body)
    return created(`/v1/contacts/${params.contactId}/objections`, presentObjection(context)(objection))
  },
  delete: async ({ params, query }, context) => {
    await liftObjection(context, params.contactId, query.kind)
    return noContent()
  },
})

const presentObjection =
  (context: Context) =>
  ({ kind, proof }: Objection) => ({
    kind,
    since: proof.recordedAt.toISOString(),
    evidence: presentEvidence(context, proof),
  })
