import type { CountryCode } from 'libphonenumber-js'
import { getAccount } from '../accounts/read-accounts.ts'
import { requireConsentsWrite } from '../consents/require-consents-write.ts'
import type { Context } from '../context.ts'
import type { Purpose } from '../database.ts'
import { type FieldBook, loadFieldBook } from '../fields/field-book.ts'
import type { ContactInput } from './contact-input.ts'

/** What the values of a contact are checked against: read once, however many contacts are written. */
export interface ContactRules {
  fields: FieldBook
  /** Where a phone number without a prefix is taken to be. */
  country: CountryCode | undefined
  now: Date
  /** Those that consents which come with the contacts are about, by their key. */
  purposes: ReadonlyMap<string, Purpose>
}

/** `inputs`: what is about to be written. */
export async function loadContactRules(
  context: Context,
  inputs: readonly ContactInput[] = [],
): Promise<ContactRules> {
  const account = await getAccount(context)
  const keys = new Set(inputs.flatMap(({ consents = [] }) => consents.map(({ purpose }) => purpose)))
  if (keys.size > 0) requireConsentsWrite(context)
  const purposes =
    keys.size === 0
      ? []
      : await context.db.purpose.findMany({ where: { ...context.scope, key: { in: [...keys] } } })
  return {
    purposes: new Map(purposes.map((purpose) => [purpose.key, purpose])),
    fields: await loadFieldBook(context),
    country: countryOf(account.locale),
    now: context.clock.now(),
  }
}

/** The region of a locale, written (`fr-BE`) or likely (`fr`: France). */
function countryOf(locale: string): CountryCode | undefined {
  try {
    return new Intl.Locale(locale).maximize().region as CountryCode | undefined
  } catch {
    return undefined
  }
}
