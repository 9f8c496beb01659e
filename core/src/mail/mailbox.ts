import { domainToASCII } from 'node:url'
import { plainName } from '../plain-name.ts'
import { encodeWords, isAscii, needsEncoding, refuseControlCharacters } from './header-value.ts'
import { MailInputError } from './mail-input-error.ts'

/** An address with the name shown beside it. The domain may be international; the part before `@` may not (see below). */
export interface Mailbox {
  email: string
  name?: string
}

/** `dot-atom` of RFC 5322 section 3.2.3, as the local part of nearly every address in use. */
const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/
/** `quoted-string`, printable ASCII: rare, lawful. */
const QUOTED_LOCAL_PART = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"$/
const DOMAIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/
/** Names made of these need no quotes. A dot does (RFC 5322 has it as obsolete syntax outside quotes). */
const PLAIN_NAME = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/
/** Beyond this a quoted name is encoded instead, since a quoted string folds badly. */
const LONGEST_QUOTED_NAME = 60

/**
 * The address as SMTP and headers want it: domain in ASCII (`müller.example` → `xn--mller-kva.example`), RFC 5321 lengths.
 *
 * A local part outside ASCII is refused: it needs SMTPUTF8 (RFC 6531) at every hop up to the mailbox, and a relay that
 * lacks it can only bounce.
 *
 * @throws MailInputError `address_invalid`, `address_not_ascii` or `control_character`
 */
export function asciiAddress(field: string, email: string): string {
  refuseControlCharacters(field, email)
  const at = email.lastIndexOf('@')
  const local = email.slice(0, Math.max(at, 0))
  if (!isAscii(local)) {
    throw new MailInputError('address_not_ascii', field, 'the part before @ must be ASCII')
  }
  const given = email.slice(at + 1)
  const domain = isAscii(given) ? given : domainToASCII(given)
  if (!(DOT_ATOM.test(local) || QUOTED_LOCAL_PART.test(local)) || local.length > 64) {
    throw new MailInputError('address_invalid', field, 'the part before @ is not valid')
  }
  if (!DOMAIN.test(domain) || domain.length > 253) {
    throw new MailInputError('address_invalid', field, 'the domain is not valid')
  }
  return `${local}@${domain}`
}

/** `Name <address>` for a header: the name plain, quoted, or as encoded words, whichever it takes. */
export function formatMailbox(field: string, mailbox: Mailbox): string {
  const address = asciiAddress(`${field}.email`, mailbox.email)
  const name = mailbox.name === undefined ? '' : refuseControlCharacters(`${field}.name`, mailbox.name)
  return visible(name) === '' ? address : `${formatPhrase(name)} <${address}>`
}

/**
 * A name before `<…>` in a header (`From`, `To`, `List-Id`): plain, quoted, or as encoded words, whichever it takes. Without
 * characters that cannot be seen: they are how a name passes for another one's.
 */
export function formatPhrase(given: string): string {
  const name = visible(given)
  if (needsEncoding(name) || name.length > LONGEST_QUOTED_NAME) return encodeWords(name)
  if (PLAIN_NAME.test(name)) return name
  return `"${name.replace(/["\\\t]/g, (character) => (character === '\t' ? ' ' : `\\${character}`))}"`
}

const visible = (name: string) => (isAscii(name) ? name.trim() : plainName({ name }))
