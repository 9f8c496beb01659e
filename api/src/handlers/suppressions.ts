import type { Suppression as SuppressionRow } from '@envoi/core/database'
import { createSuppression } from '@envoi/core/suppressions/create-suppression'
import { deleteSuppression } from '@envoi/core/suppressions/delete-suppression'
import { getSuppression, listSuppressions } from '@envoi/core/suppressions/read-suppressions'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const suppressionsHandlers = implement(contract.suppressions, {
  list: async ({ query }, context) =>
    page(await listSuppressions(context, query), presentSuppression(context.permissions)),
  create: async ({ body }, context) => {
    const suppression = await createSuppression(context, body)
    return created(`/v1/suppressions/${suppression.id}`, presentSuppression(context.permissions)(suppression))
  },
  get: async ({ params }, context) =>
    ok(presentSuppression(context.permissions)(await getSuppression(context, params.suppressionId))),
  delete: async ({ params }, context) => {
    await deleteSuppression(context, params.suppressionId)
    return noContent()
  },
})

const presentSuppression = (permissions: ReadonlySet<string>) => (suppression: SuppressionRow) => ({
  id: suppression.id,
  channel: suppression.channel,
  value:
    suppression.value === null || permissions.has('contacts:reveal')
      ? suppression.value
      : masked(suppression.value),
  reason: suppression.reason as 'manual',
  purpose: suppression.purposeKey === '' ? null : suppression.purposeKey,
  createdAt: suppression.createdAt.toISOString(),
})

/** As contacts are masked: the first character, and the domain. */
function masked(value: string): string {
  const at = value.indexOf('@')
  return `${value.slice(0, 1)}***${at === -1 ? '' : value.slice(at)}`
}
