import type { CountryCode } from 'libphonenumber-js'
import { getAccount } from '../accounts/read-accounts.ts'
import type { Context } from '../context.ts'
import { type FieldBook, loadFieldBook } from '../fields/field-book.ts'

/** What the values of a contact are checked against: read once, however many contacts are written. */
export interface ContactRules {
  fields: FieldBook
  /** Where a phone number without a prefix is taken to be. */
  country: CountryCode | undefined
}

export async function loadContactRules(context: Context): Promise<ContactRules> {
  const account = await getAccount(context)
  return { fields: await loadFieldBook(context), country: countryOf(account.locale) }
}

/** The region of a locale, written (`fr-BE`) or likely (`fr`: France). */
function countryOf(locale: string): CountryCode | undefined {
  try {
    return new Intl.Locale(locale).maximize().region as CountryCode | undefined
  } catch {
    return undefined
  }
}
