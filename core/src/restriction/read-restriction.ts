import type { ConsentEvent } from '@envoi/prisma'
import { readRight } from '../consents/read-right.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/** A restriction in force, with the ledger line that says why; 404 when there is none. */
export async function getRestriction(
  context: Context,
  contactId: string,
): Promise<{ since: Date; proof: ConsentEvent }> {
  const contact = await context.db.contact.findUnique({
    where: { accountId_id: { ...context.scope, id: contactId } },
    select: { restrictedAt: true },
  })
  const proof = await readRight(context, contactId, 'restriction')
  if (contact === null || contact.restrictedAt === null || proof === null) throw new DomainError('not_found')
  return { since: contact.restrictedAt, proof }
}
