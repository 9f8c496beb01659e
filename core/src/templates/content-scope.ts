import { contactMask, type Masked, madeOf, nobody } from '../contacts/mask.ts'
import type { ContentScope } from '../content/render-content.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'

interface ContactData {
  email: string | null
  phone: string | null
  externalId: string | null
  firstName: string | null
  lastName: string | null
  locale: string | null
  timezone: string | null
  attributes: unknown
}

/** What Liquid sees of a contact: plain values, nothing else of the row. */
export function contactScope({
  email,
  phone,
  externalId,
  firstName,
  lastName,
  locale,
  timezone,
  attributes,
}: ContactData) {
  return { email, phone, externalId, firstName, lastName, locale, timezone, attributes: attributes as object }
}

/**
 * What Liquid sees in a preview or a test: a contact of the account or nobody, as whoever asks may see them, and links that lead
 * nowhere.
 *
 * @throws DomainError `invalid` at `/contactId`; `permission_missing` there for who may not read contacts
 */
export async function contentScope(
  context: Context,
  input: { contactId?: string; data?: Record<string, unknown> },
): Promise<Masked<ContentScope>> {
  const account = await context.db.account.findUniqueOrThrow({
    where: { id: context.accountId },
    select: { name: true, locale: true },
  })
  const contact = input.contactId === undefined ? null : await shownContact(context, input.contactId)
  const link = (page: string) => `${context.settings.publicUrl}/${page}/preview`
  return madeOf(contact ?? nobody, {
    contact: contact === null ? {} : contactScope(contact),
    account,
    data: input.data ?? {},
    unsubscribeUrl: link('u'),
    preferencesUrl: link('p'),
    viewUrl: link('view'),
  })
}

async function shownContact(context: Context, id: string) {
  if (!context.permissions.has('contacts:read')) {
    const detail = 'needs the permission contacts:read'
    throw new DomainError('permission_missing', {
      detail: `/contactId ${detail}.`,
      fields: [{ pointer: '/contactId', detail }],
    })
  }
  const contact = await context.db.contact.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (contact === null) throw invalid('/contactId', 'is not a contact')
  return (await contactMask(context))(contact)
}
