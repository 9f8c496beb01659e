import type { Context } from '../context.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'
import { requireContact } from './read-consents.ts'
import { verifyContactLedger } from './verify-ledger.ts'

/** The contact's ledger, newest line first, and whether its chain holds. */
export async function readLedger(context: Context, contactId: string, query: PageRequest) {
  await requireContact(context, contactId)
  const page = await paginate(context, query, { contactId }, ({ where, take }) =>
    context.db.consentEvent.findMany({
      where: { ...context.scope, contactId, ...where },
      take,
      orderBy: { id: 'desc' },
    }),
  )
  return { page, integrity: await verifyContactLedger(context, contactId) }
}
