import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { inTransaction } from '../transaction.ts'
import { type ContactWithLists, findContact } from './find-contact.sql.ts'

export const withLists = { lists: { select: { listId: true }, orderBy: { listId: 'asc' } } } as const

export type { ContactWithLists }

export async function getContact(context: Context, id: string): Promise<ContactWithLists> {
  const contact = inTransaction(context)
    ? await context.db.contact.findUnique({
        where: { accountId_id: { ...context.scope, id } },
        include: withLists,
      })
    : await findContact(context, id)
  if (contact === null) throw new DomainError('not_found')
  return contact
}
