import type { Context } from '@envoi/core'
import { maskEvidence } from '@envoi/core/contacts/mask'
import { liftRestriction } from '@envoi/core/restriction/lift-restriction'
import { getRestriction } from '@envoi/core/restriction/read-restriction'
import { restrictContact } from '@envoi/core/restriction/restrict-contact'
import { contract } from '@envoi/openapi'
import { created, noContent, ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const restrictionHandlers = implement(contract.restriction, {
  get: async ({ params }, context) =>
    ok(presentRestriction(context, await getRestriction(context, params.contactId))),
  create: async ({ params, body }, context) => {
    const restriction = await restrictContact(context, params.contactId, body)
    return created(`/v1/contacts/${params.contactId}/restriction`, presentRestriction(context, restriction))
  },
  delete: async ({ params, query }, context) => {
    await liftRestriction(context, params.contactId, query.informedAt)
    return noContent()
  },
})

function presentRestriction(context: Context, { since, proof }: Awaited<ReturnType<typeof getRestriction>>) {
  return {
    since: since.toISOString(),
    reason: proof.text as 'legal_claims',
    source: maskEvidence(context, proof).source,
    receivedAt: proof.collectedAt.toISOString(),
  }
}
