/**
 * What is seen of a person by those who may not see who it is (they lack `contacts:reveal`): enough to tell contacts apart, and
 * that there is a value. All that shows personal data goes through here, answers, exports, previews and tests alike.
 *
 * Masked are the ways to reach somebody, names, ids from elsewhere, and whatever is free text: nobody knows what it says. Choices, numbers,
 * dates, states and times stay, for segments and figures are made of them.
 */
import type { ConsentEvent, Contact } from '@envoi/prisma'
import type { Context } from '../context.ts'

const identity = ['email', 'phone', 'externalId', 'firstName', 'lastName'] as const

export const mayReveal = ({ permissions }: Pick<Context, 'permissions'>) => permissions.has('contacts:reveal')

/** The first character. */
export function maskText(text: string): string
export function maskText(text: string | null): string | null
export function maskText(text: string | null): string | null {
  return text === null ? null : `${[...text].slice(0, 1).join('')}***`
}

/** The first character and the domain of an email address; of a phone number the plus sign. */
export function maskAddress(address: string | null): string | null {
  const at = address?.lastIndexOf('@') ?? -1
  return address === null || at === -1 ? maskText(address) : `${maskText(address)}${address.slice(at)}`
}

/** Enough of an address for its owner to recognise it, on pages for one person: links get forwarded. */
export function recognisableAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return at === -1
    ? `${address.slice(0, 3)} •••• ${address.slice(-2)}`
    : `${address.slice(0, 1)}•••${address.slice(at)}`
}

/** A page of the account: which site, not what the address says beyond. */
function maskUrl(url: string): string {
  return URL.canParse(url) ? `${new URL(url).origin}/***` : maskText(url)
}

/** Fields that come masked, as rules of segments name them. Empty for who may see all. */
export async function maskedFields(context: Context): Promise<ReadonlySet<string>> {
  if (mayReveal(context)) return new Set()
  const texts = await context.db.field.findMany({
    where: { ...context.scope, type: { in: ['text', 'url'] } },
    select: { key: true },
  })
  return new Set([...identity, ...texts.map(({ key }) => `attributes.${key}`)])
}

type Shown = Pick<Contact, (typeof identity)[number] | 'attributes' | 'originDetail'>

/** How contacts are shown to whoever asks. */
export async function contactMask(context: Context): Promise<<C extends Shown>(contact: C) => C> {
  if (mayReveal(context)) return (contact) => contact
  const masked = await maskedFields(context)
  return (contact) => ({
    ...contact,
    email: maskAddress(contact.email),
    phone: maskAddress(contact.phone),
    externalId: maskText(contact.externalId),
    firstName: maskText(contact.firstName),
    lastName: maskText(contact.lastName),
    originDetail: maskText(contact.originDetail),
    attributes: Object.fromEntries(
      Object.entries(contact.attributes as Record<string, unknown>).map(([key, value]) => [
        key,
        masked.has(`attributes.${key}`) && typeof value === 'string' ? maskText(value) : value,
      ]),
    ),
  })
}

/** How the proof of a consent or an objection is shown: its source and its times, not what was said, from where. */
export function maskEvidence<E extends Pick<ConsentEvent, 'text' | 'ip' | 'url'>>(
  context: Pick<Context, 'permissions'>,
  line: E,
): E {
  if (mayReveal(context)) return line
  const { text, ip, url } = line
  return { ...line, text: maskText(text), ip: maskText(ip), url: url === null ? null : maskUrl(url) }
}
