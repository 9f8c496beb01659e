/*
 * Values of a contact's own columns, made such that two that mean the same are the same: they are unique, they are
 * compared by erasures and suppressions as keyed fingerprints, and nothing can be compared there but whole values.
 *
 * All take what a cell of a file or a property of a JSON body held. Nothing (null, blank) is null: it clears.
 */
import { domainToASCII } from 'node:url'
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js'
import { isPlainE164 } from './e164.ts'
import { isBlank, type Parsed, parsed, refused } from './parsed.ts'

/** `dot-string` of RFC 5321 section 4.1.2. A quoted local part is lawful, and no mailbox provider gives one out. */
const localPart = /^[a-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[a-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** At least two labels (no mail for strangers at a bare top-level domain), the last one not a number (no IP address). */
function isDomainName(text: string): boolean {
  const labels = text.split('.')
  return labels.length >= 2 && labels.every((one) => label.test(one)) && !/^[0-9]+$/.test(labels.at(-1) ?? '')
}

const ascii = /^[\x20-\x7e]*$/

/** RFC 5321 section 4.5.3.1: a path has 256 octets, two of which are its angle brackets. */
const longestEmail = 254
const longestLocalPart = 64

/**
 * An email address: the domain in lower-case ASCII (`Müller.example` is `xn--mller-kva.example`), the local part in lower
 * case. RFC 5321 lets a host tell cases apart in the local part; none does, while people type either.
 */
export function normaliseEmail(value: unknown): Parsed<string | null> {
  if (isBlank(value)) return parsed(null)
  if (typeof value !== 'string') return refused('invalid_email', 'an email address is expected, as text')
  const text = value.trim().normalize('NFC')
  const at = text.lastIndexOf('@')
  if (at === -1) return refused('invalid_email', 'an @ is missing')

  const local = text.slice(0, at).toLowerCase()
  const given = text.slice(at + 1)
  const domain = ascii.test(given) ? given.toLowerCase() : domainToASCII(given)
  // It would need SMTPUTF8 (RFC 6531) at every hop, and bounces where one lacks it.
  if (!ascii.test(local)) return refused('invalid_email', 'the part before @ must be in ASCII')
  if (!localPart.test(local)) return refused('invalid_email', 'the part before @ is not that of an address')
  if (local.length > longestLocalPart)
    return refused('invalid_email', `the part before @ is longer than ${longestLocalPart} characters`)
  if (!isDomainName(domain)) return refused('invalid_email', 'the part after @ is not a domain name')
  if (local.length + 1 + domain.length > longestEmail)
    return refused('invalid_email', `the address is longer than ${longestEmail} characters`)
  return parsed(`${local}@${domain}`)
}

/** A phone number in E.164. A number without its country's prefix is taken as one of `country` (ISO 3166-1). */
export function normalisePhone(value: unknown, country?: CountryCode): Parsed<string | null> {
  if (isBlank(value)) return parsed(null)
  if (typeof value !== 'string') return refused('invalid_phone', 'a phone number is expected, as text')
  // The parser looks for a number anywhere in the text unless told not to, and takes any length.
  if (value.length > 40) return refused('invalid_phone', 'the number is too long')
  if (isPlainE164(value)) return parsed(value)
  const number = parsePhoneNumberFromString(value.trim(), { defaultCountry: country, extract: false })
  if (!number) {
    const hint = country ? '' : ', with the prefix of its country: +33 …'
    return refused('invalid_phone', `a phone number is expected${hint}`)
  }
  if (number.ext) return refused('invalid_phone', 'an extension cannot be reached')
  // By the general plan of the country. Metadata of the ranges in use would refuse those opened since its last update.
  if (!number.isValid()) return refused('invalid_phone', 'not a number of its country')
  return parsed(number.number)
}

/**
 * A line of text such as a name: trimmed, in Unicode's composed form. Control characters are refused: a name with a line
 * feed in it can forge a mail header, and PostgreSQL stores no NUL.
 */
export function normaliseLine(value: unknown, maxLength: number): Parsed<string | null> {
  return normaliseWith(value, maxLength, /[\p{Cc}\p{Zl}\p{Zp}]|\p{Cs}/u)
}

/** Text of several lines. Tabs and line ends are kept, other control characters refused. */
export function normaliseText(value: unknown, maxLength: number): Parsed<string | null> {
  return normaliseWith(value, maxLength, /(?![\t\n\r])\p{Cc}|\p{Cs}/u)
}

function normaliseWith(value: unknown, maxLength: number, forbidden: RegExp): Parsed<string | null> {
  if (isBlank(value)) return parsed(null)
  if (typeof value !== 'string') return refused('invalid_text', 'text is expected')
  const text = value.trim().normalize('NFC')
  if (forbidden.test(text)) return refused('invalid_text', 'control characters are not allowed')
  if (text.length > maxLength) return refused('invalid_text', `longer than ${maxLength} characters`)
  return parsed(text)
}

/** A BCP 47 language tag in its canonical form: `fr_fr` is `fr-FR`. */
export function normaliseLocale(value: unknown): Parsed<string | null> {
  if (isBlank(value)) return parsed(null)
  if (typeof value === 'string' && value.length <= 35)
    try {
      const [locale] = Intl.getCanonicalLocales(value.trim().replaceAll('_', '-'))
      if (locale) return parsed(locale)
    } catch {
      // not a tag
    }
  return refused('invalid_locale', 'a BCP 47 language tag is expected: fr-FR')
}

/** A name of the IANA time zone database, in its usual spelling. */
export function normaliseTimezone(value: unknown): Parsed<string | null> {
  if (isBlank(value)) return parsed(null)
  // Not all that Intl takes is a name: `+01:00` has no daylight saving time.
  if (typeof value === 'string' && /^[a-z]/i.test(value.trim()) && value.length <= 64) {
    const name = value.trim()
    const zone = knownZones.get(name) ?? resolveZone(name)
    if (zone) return parsed(zone)
  }
  return refused('invalid_timezone', 'a name of the IANA time zone database is expected: Europe/Paris')
}

/** Making a formatter takes 50 µs, and a file of a million rows names a few zones. There are some 600. */
const knownZones = new Map<string, string>()

function resolveZone(name: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    if (knownZones.size < 2_000) knownZones.set(name, timeZone)
    return timeZone
  } catch {
    return undefined
  }
}
