import { cancelClosure } from '@envoi/core/account-closure/cancel-closure'
import { closureReceipts } from '@envoi/core/account-closure/closure-receipts'
import { getClosure } from '@envoi/core/account-closure/read-closure'
import { requestClosure } from '@envoi/core/account-closure/request-closure'
import type { AccountClosure as ClosureRow } from '@envoi/core/database'
import { contract } from '@envoi/openapi'
import { created, ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const accountClosureHandlers = implement(contract.accountClosure, {
  request: async ({ body }, context) =>
    created('/v1/account/closure', presentClosure(await requestClosure(context, body))),
  get: async (_, context) => ok(presentClosure(await getClosure(context))),
  cancel: async (_, context) => ok(presentClosure(await cancelClosure(context))),
})

export function presentClosure(closure: ClosureRow) {
  const instant = (at: Date | null) => at?.toISOString() ?? null
  return {
    id: closure.id,
    status: closure.status,
    requestedAt: closure.requestedAt.toISOString(),
    closesAt: closure.closesAt.toISOString(),
    cancelledAt: instant(closure.cancelledAt),
    archivingAt: instant(closure.archivingAt),
    archivedAt: instant(closure.archivedAt),
    destroyAt: instant(closure.destroyAt),
    destroyedAt: instant(closure.destroyedAt),
    receipts: closureReceipts(closure).map((receipt) => ({ ...receipt, at: receipt.at.toISOString() })),
  }
}
