/**
 * What is seen of a person by those who may not see who it is (they lack `contacts:reveal`): enough to tell contacts apart, and
 * that there is a value. All that shows personal data goes through here, answers, exports, previews and tests alike.
 *
 * Masked are the ways to reach somebody, names, ids from elsewhere, whatever is free text, for nobody knows what it says, and all of
 * the special categories. Other choices, numbers, dates, states and times stay, for segments and figures are made of them.
 *
 * Who is shown somebody unmasked is noted here as well, to be on record.
 */
import type { AuditEvent, ConsentEvent, Contact, Erasure, Suppression } from '@envoi/prisma'
import type { Context } from '../context.ts'

declare const seen: unique symbol

/**
 * A row as whoever asks may see it: masked, or shown and noted to be on record. Only what masks here makes one, and what presents a person
 * takes nothing else: a row of the database that goes past it does not compile.
 */
export type Masked<T> = T & { readonly [seen]: true }

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

/** Of the special categories (GDPR art. 9(1)) not even the first character, whatever the type: of a choice it would be the answer. */
const hidden = '***'

/** Fields that come masked, as rules of segments name them. Empty for who may see all. */
export async function maskedFields(context: Context): Promise<ReadonlySet<string>> {
  return new Set((await fieldMasks(context)).keys())
}

/** How the value of each field that comes masked is shown. Empty for who may see all. */
export async function fieldMasks(
  context: Context,
): Promise<ReadonlyMap<string, (value: unknown) => unknown>> {
  if (mayReveal(context)) return new Map()
  const fields = await context.db.field.findMany({
    where: { ...context.scope, OR: [{ type: { in: ['text', 'url'] } }, { specialCategory: true }] },
    select: { key: true, specialCategory: true },
  })
  const maskValue = (value: unknown) => (typeof value === 'string' ? maskText(value) : value)
  return new Map<string, (value: unknown) => unknown>([
    ...identity.map((key) => [key, maskValue] as const),
    ...fields.map(
      ({ key, specialCategory }) =>
        [`attributes.${key}`, specialCategory ? () => hidden : maskValue] as const,
    ),
  ])
}

/** By which contacts are looked up: whoever gives one learns whether somebody has it, in any case. */
const lookups = new Set(['email', 'phone', 'externalId'])

/**
 * Values that whoever asks may write but not see. To tell them that what they wrote was there already would tell them the value: for a
 * yes or no, at once.
 */
export async function unseenValues(context: Context): Promise<ReadonlySet<string>> {
  return new Set([...(await fieldMasks(context)).keys()].filter((name) => !lookups.has(name)))
}

type Shown = Pick<Contact, 'id' | (typeof identity)[number] | 'attributes' | 'originDetail'>

/** How contacts are shown to whoever asks. */
export async function contactMask(context: Context): Promise<<C extends Shown>(contact: C) => Masked<C>> {
  if (mayReveal(context))
    return <C extends Shown>(contact: C) => {
      context.sight?.saw(contact.id)
      return contact as Masked<C>
    }
  const masks = await fieldMasks(context)
  const mask = <C extends Shown>(contact: C): C => ({
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
        masks.get(`attributes.${key}`)?.(value) ?? value,
      ]),
    ),
  })
  return <C extends Shown>(contact: C) => mask(contact) as Masked<C>
}

/** How the proof of a consent or an objection is shown: its times, not what was said, to whom, from where. */
export function maskEvidence<
  E extends Partial<Pick<ConsentEvent, 'contactId'>> & Pick<ConsentEvent, 'source' | 'text' | 'ip' | 'url'>,
>(context: Pick<Context, 'permissions' | 'sight'>, line: E): Masked<E> {
  if (mayReveal(context)) {
    if (line.contactId !== undefined) context.sight?.saw(line.contactId)
    return line as Masked<E>
  }
  const { source, text, ip, url } = line
  return {
    ...line,
    source: maskText(source),
    text: maskText(text),
    ip: maskText(ip),
    url: url === null ? null : maskUrl(url),
  } as Masked<E>
}

/** Whom an account must not write to. What is left of one whom it has forgotten has no value, and nobody to see. */
export function maskSuppression<S extends Pick<Suppression, 'id' | 'value'>>(
  context: Pick<Context, 'permissions' | 'sight'>,
  suppression: S,
): Masked<S> {
  if (!mayReveal(context)) return { ...suppression, value: maskAddress(suppression.value) } as Masked<S>
  context.sight?.saw(suppression.id, 'suppression')
  return suppression as Masked<S>
}

/** A row of a file that was refused, as it stood there. */
export function maskRejectedRow<R extends { row: string }>(
  context: Pick<Context, 'permissions'>,
  rejected: R,
): Masked<R> {
  return (mayReveal(context) ? rejected : { ...rejected, row: '' }) as Masked<R>
}

interface SaidOfFile {
  origin: unknown
  consents: unknown
  dryRun: boolean
  updated: number
  unchanged: number
}

/**
 * What is said of all rows of a file: where they come from, and the proof of their consents. Of a trial, which writes nothing, whoever
 * may not see a value is not told either whether it is the one that is held.
 */
export function maskImport<R extends SaidOfFile>(context: Pick<Context, 'permissions'>, row: R): Masked<R> {
  if (mayReveal(context)) return row as Masked<R>
  const { detail, ...origin } = row.origin as { detail?: string }
  const consents = row.consents as { evidence: Partial<Record<'source' | 'text' | 'ip' | 'url', string>> }[]
  return {
    ...row,
    origin: detail === undefined ? origin : { ...origin, detail: maskText(detail) },
    consents: consents.map((consent) => ({ ...consent, evidence: maskFileEvidence(consent.evidence) })),
    ...(row.dryRun ? { updated: row.updated + row.unchanged, unchanged: 0 } : {}),
  } as Masked<R>
}

function maskFileEvidence(evidence: Partial<Record<'source' | 'text' | 'ip' | 'url', string>>) {
  const { source, text, ip, url } = evidence
  return {
    ...evidence,
    ...(source === undefined ? {} : { source: maskText(source) }),
    ...(text === undefined ? {} : { text: maskText(text) }),
    ...(ip === undefined ? {} : { ip: maskText(ip) }),
    ...(url === undefined ? {} : { url: maskUrl(url) }),
  }
}

/** What happened, but from which network address: that may be a person's. */
export function maskAuditEvent<E extends Pick<AuditEvent, 'address'>>(
  context: Pick<Context, 'permissions'>,
  event: E,
): Masked<E> {
  return (mayReveal(context) ? event : { ...event, address: maskText(event.address) }) as Masked<E>
}

/** A key of the API, but from which network address it was last used. */
export function maskApiKey<K extends { lastUsedAddress: string | null }>(
  context: Pick<Context, 'permissions'>,
  apiKey: K,
): Masked<K> {
  return (
    mayReveal(context) ? apiKey : { ...apiKey, lastUsedAddress: maskText(apiKey.lastUsedAddress) }
  ) as Masked<K>
}

/** A receipt, but which senders and users are left with the person's address: they would say who was erased. */
export function maskErasure<E extends Pick<Erasure, 'outOfReach'>>(
  context: Pick<Context, 'permissions'>,
  erasure: E,
): Masked<E> {
  if (mayReveal(context)) return erasure as Masked<E>
  const left = Object.entries(erasure.outOfReach as Record<string, number | { count: number }>)
  const counts = left.map(([where, of]) => [where, typeof of === 'number' ? of : of.count] as const)
  return { ...erasure, outOfReach: Object.fromEntries(counts) } as Masked<E>
}

/** A message of a campaign: to whom is said by the id of their contact alone. What else was read of that contact is not shown with it. */
export function maskMessage<M extends { id: string; contactId: string | null }>(
  message: M,
): Masked<Omit<M, 'contact'>> {
  const { contact: _, ...shown } = message as M & { contact?: unknown }
  return shown as unknown as Masked<Omit<M, 'contact'>>
}

/** What was made of nothing but what has been through the mask, as a preview is, has been through it too. */
export function madeOf<R>(_shown: Masked<object>, made: R): Masked<R> {
  return made as Masked<R>
}

/** Whoever shows nobody has nothing to mask. */
export const nobody = {} as Masked<object>
