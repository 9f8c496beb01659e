import type { Context } from '@envoi/core'
import { type Masked, maskSuppression } from '@envoi/core/contacts/mask'
import type { Suppression as SuppressionRow } from '@envoi/core/database'
import { createSuppression } from '@envoi/core/suppressions/create-suppression'
import { deleteSuppression } from '@envoi/core/suppressions/delete-suppression'
import { getSuppression, listSuppressions } from '@envoi/core/suppressions/read-suppressions'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const suppressionsHandlers = implement(contract.suppressions, {
  list: async ({ query }, context) =>
    page(await listSuppressions(context, query), presentSuppression(context)),
  create: async ({ body }, context) => {
    const suppression = await createSuppression(context, body)
    return created(`/v1/suppressions/${suppression.id}`, presentSuppression(context)(suppression))
  },
  get: async ({ params }, context) =>
    ok(presentSuppression(context)(await getSuppression(context, params.suppressionId))),
  delete: async ({ params }, context) => {
    await deleteSuppression(context, params.suppressionId)
    return noContent()
  },
})

const presentSuppression = (context: Context) => (row: SuppressionRow) =>
  presentMasked(maskSuppression(context, row))

function presentMasked(suppression: Masked<SuppressionRow>) {
  return {
    id: suppression.id,
    channel: suppression.channel,
    value: suppression.value,
    reason: suppression.reason as 'manual',
    purpose: suppression.purposeKey === '' ? null : suppression.purposeKey,
    createdAt: suppression.createdAt.toISOString(),
  }
}
