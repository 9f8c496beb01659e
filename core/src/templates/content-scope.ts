import type { ContentScope } from '../content/render-content.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'

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

/** What Liquid sees in a preview or a test: a contact of the account or nobody, and links that lead nowhere. */
export async function contentScope(
  context: Context,
  input: { contactId?: string; data?: Record<string, unknown> },
): Promise<ContentScope> {
  const account = await context.db.account.findUniqueOrThrow({
    where: { id: context.accountId },
    select: { name: true, locale: true },
  })
  const contact =
    input.contactId === undefined
      ? null
      : await context.db.contact.findUnique({
          where: { accountId_id: { ...context.scope, id: input.contactId } },
        })
  if (input.contactId !== undefined && contact === null) throw invalid('/contactId', 'is not a contact')
  const link = (page: string) => `${context.settings.publicUrl}/${page}/preview`
  return {
    contact: contact === null ? {} : contactScope(contact),
    account,
    data: input.data ?? {},
    unsubscribeUrl: link('u'),
    preferencesUrl: link('p'),
    viewUrl: link('view'),
  }
}
