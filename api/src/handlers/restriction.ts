import type { Context } from '@envoi/core'
import { type Masked, maskEvidence } from '@envoi/core/contacts/mask'
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

type Restriction = Awaited<ReturnType<typeof getRestriction>>

const presentRestriction = (context: Context, { since, proof }: Restriction) =>
  presentProof(since, maskEvidence(context, proof))

function presentProof(since: Date, { text, source, collectedAt }: Masked<Restriction['proof']>) {
  return {
    since: since.toISOString(),
    reason: text as 'legal_claims',
    source,
    receivedAt: collectedAt.toISOString(),
  }
}
