import type { Context } from '../context.ts'
import type { RightsKey } from './rights-keys.ts'

/** The last ledger line about a right of the contact; null when there has been none. */
export async function readRight(context: Context, contactId: string, key: RightsKey) {
  return context.db.consentEvent.findFirst({
    where: { ...context.scope, contactId, purposeKey: key },
    orderBy: { sequence: 'desc' },
  })
}
