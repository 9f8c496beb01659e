import { recordAudit } from '../audit/record-audit.ts'
import { normaliseEmail } from '../contacts/normalise.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getList } from './read-lists.ts'

/** Contacts by id or by address, one of the two. */
export interface Members {
  contactIds?: string[]
  emails?: string[]
}

/** Adds contacts to a list, in one statement. `unknown`: those given that are no contact. */
export async function addMembers(context: Context, listId: string, members: Members) {
  return changeMembers(context, listId, members, async (tx, ids) => {
    // the locks keep the list and the contacts from being deleted before the end: their foreign keys would fail
    const added = await tx.db.$executeRaw`
      insert into list_member (account_id, list_id, contact_id, added_at)
      select contact.account_id, list.id, contact.id, ${tx.clock.now()}
      from contact
      join list on list.account_id = contact.account_id and list.id = ${listId}::uuid
      where contact.account_id = ${tx.accountId}::uuid and contact.id = any(${ids}::uuid[])
      order by contact.id
      for key share
      on conflict do nothing`
    return { added }
  })
}

/** Removes contacts from a list, in one statement. */
export async function removeMembers(context: Context, listId: string, members: Members) {
  return changeMembers(context, listId, members, async (tx, ids) => {
    const { count } = await tx.db.listMember.deleteMany({
      where: { ...tx.scope, listId, contactId: { in: ids } },
    })
    return { removed: count }
  })
}

async function changeMembers<Result extends Record<string, number>>(
  context: Context,
  listId: string,
  { contactIds, emails }: Members,
  change: (tx: Context, ids: string[]) => Promise<Result>,
) {
  return transaction(context, async (tx) => {
    await getList(tx, listId)
    if ((contactIds === undefined) === (emails === undefined))
      throw invalid('/contactIds', 'or `emails` must be given, and not both')
    const { ids, unknown } =
      contactIds === undefined ? await byEmails(tx, emails ?? []) : await byIds(tx, contactIds)
    const result = await change(tx, ids)
    await recordAudit(tx, {
      target: { type: 'list', id: listId },
      counts: { ...result, unknown: unknown.length },
    })
    return { ...result, unknown }
  })
}

async function byIds(tx: Context, given: string[]) {
  const found = await tx.db.contact.findMany({
    where: { ...tx.scope, id: { in: given } },
    select: { id: true },
  })
  const ids = new Set(found.map(({ id }) => id))
  return { ids: [...ids], unknown: given.filter((id) => !ids.has(id.toLowerCase())) }
}

async function byEmails(tx: Context, given: string[]) {
  const normalised = given.map((email) => {
    const result = normaliseEmail(email)
    return result.ok ? result.value : null
  })
  const found = await tx.db.contact.findMany({
    where: { ...tx.scope, email: { in: normalised.filter((email) => email !== null) } },
    select: { id: true, email: true },
  })
  const known = new Set(found.map(({ email }) => email))
  return {
    ids: found.map(({ id }) => id),
    unknown: given.filter((_, index) => !known.has(normalised[index] ?? '')),
  }
}
