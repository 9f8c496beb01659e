import type { Context } from '@envoi/core'
import { createContact } from '@envoi/core/contacts/create-contact'
import { exportContact } from '@envoi/core/contacts/export-contact'
import { listContacts } from '@envoi/core/contacts/list-contacts'
import { contactMask, type Masked } from '@envoi/core/contacts/mask'
import { type ContactWithLists, getContact } from '@envoi/core/contacts/read-contacts'
import { updateContact } from '@envoi/core/contacts/update-contact'
import { upsertContact } from '@envoi/core/contacts/upsert-contact'
import { upsertContacts } from '@envoi/core/contacts/upsert-contacts'
import { eraseContact } from '@envoi/core/erasures/erase-contact'
import { contract } from '@envoi/openapi'
import { accepted, created, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { presentErasure } from './erasures.ts'

export const contactsHandlers = implement(contract.contacts, {
  create: async ({ body }, context) => {
    const contact = await createContact(context, body)
    return created(`/v1/contacts/${contact.id}`, (await contactPresenter(context))(contact), contact)
  },
  list: async ({ query }, context) =>
    page(await listContacts(context, query), await contactPresenter(context)),
  get: async ({ params }, context) => {
    const contact = await getContact(context, params.contactId)
    return ok((await contactPresenter(context))(contact), contact)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const contact = await updateContact(context, params.contactId, body, ifMatch)
    return ok((await contactPresenter(context))(contact), contact)
  },
  delete: async ({ params, query }, context) => {
    const erasure = await eraseContact(context, params.contactId, query.reason ?? 'request')
    return accepted(`/v1/erasures/${erasure.id}`, presentErasure(context)(erasure))
  },
  export: async ({ params, query, accept }, context) =>
    ok(await exportContact(context, params.contactId, query.format ?? preferredFormat(accept))),
  upsertByExternalId: async ({ params, body }, context) =>
    upserted(context, await upsertContact(context, { externalId: params.externalId }, body)),
  upsertByEmail: async ({ params, body }, context) =>
    upserted(context, await upsertContact(context, { email: params.email }, body)),
  batch: async ({ body }, context) => {
    const outcomes = await upsertContacts(context, body.contacts, body.onConflict)
    return ok({
      results: outcomes.map((outcome, index) =>
        outcome.status === 'rejected'
          ? { index, status: outcome.status, id: null, errors: outcome.problems }
          : {
              index,
              status: outcome.status,
              id: outcome.id,
              ...(outcome.problems === undefined ? {} : { errors: outcome.problems }),
            },
      ),
    })
  },
})

/** Presents contacts as whoever asks may see them. */
export async function contactPresenter(context: Context) {
  const mask = await contactMask(context)
  return (contact: ContactWithLists) => presentContact(mask(contact))
}

async function upserted(context: Context, { contact, isNew }: { contact: ContactWithLists; isNew: boolean }) {
  const body = (await contactPresenter(context))(contact)
  return isNew ? created(`/v1/contacts/${contact.id}`, body, contact) : ok(body, contact)
}

export function presentContact(contact: Masked<ContactWithLists>) {
  return {
    id: contact.id,
    email: contact.email,
    phone: contact.phone,
    externalId: contact.externalId,
    firstName: contact.firstName,
    lastName: contact.lastName,
    locale: contact.locale,
    timezone: contact.timezone,
    attributes: contact.attributes as Record<string, unknown>,
    origin: {
      source: contact.originSource,
      detail: contact.originDetail,
      collectedAt: contact.originCollectedAt?.toISOString() ?? null,
    },
    tracking: contact.tracking,
    restricted: contact.restrictedAt !== null,
    objections: contact.objections as 'marketing'[],
    lists: contact.lists.map(({ listId }) => listId),
    createdAt: contact.createdAt.toISOString(),
    updatedAt: contact.updatedAt.toISOString(),
    lastEngagedAt: contact.lastEngagedAt?.toISOString() ?? null,
  }
}

/** CSV to those who ask for nothing else. */
const preferredFormat = (accept: string) =>
  accept.includes('text/csv') && !accept.includes('application/json') ? 'csv' : 'json'
