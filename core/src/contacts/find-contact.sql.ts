import type { Contact } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { lookupTogether } from '../lookup-together.ts'

export type ContactWithLists = Contact & { lists: { listId: string }[] }

type Row = Contact & { listIds: string[] }

// a prepared statement past Prisma: its way to the driver takes as long as the query
const findByIds = {
  name: 'find-contacts',
  text: `
    select
      contact.account_id as "accountId", contact.id, email, phone, external_id as "externalId", first_name as "firstName",
      last_name as "lastName", locale, timezone, attributes, origin_source as "originSource",
      origin_detail as "originDetail", origin_collected_at as "originCollectedAt", tracking,
      tracking_changed_at as "trackingChangedAt", restricted_at as "restrictedAt", objections,
      rights_event_id as "rightsEventId", rights_event_hash as "rightsEventHash", undeliverable_at as "undeliverableAt",
      last_sent_at as "lastSentAt", last_opened_at as "lastOpenedAt", last_clicked_at as "lastClickedAt",
      last_engaged_at as "lastEngagedAt", version, created_at as "createdAt", updated_at as "updatedAt",
      array(
        select list_id from list_member
        where list_member.account_id = contact.account_id and list_member.contact_id = contact.id
        order by list_id
      ) as "listIds"
    from unnest($1::uuid[], $2::uuid[]) as asked (account_id, id)
    join contact on contact.account_id = asked.account_id and contact.id = asked.id`,
}

const find = lookupTogether<Pick<Contact, 'accountId' | 'id'>, Row | undefined>(async (pool, asked) => {
  const values = [asked.map(({ accountId }) => accountId), asked.map(({ id }) => id)]
  const { rows } = await pool.query<Row>({ ...findByIds, values })
  return asked.map(({ accountId, id }) => rows.find((row) => row.id === id && row.accountId === accountId))
})

/** One contact with its lists, in one statement: what integrations ask for most often. Null when there is none. */
export async function findContact(context: Context, id: string): Promise<ContactWithLists | null> {
  const row = await find(context, { accountId: context.accountId, id })
  if (row === undefined) return null
  const { listIds, ...contact } = row
  return { ...contact, lists: listIds.map((listId) => ({ listId })) }
}
