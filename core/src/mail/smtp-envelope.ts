import { MailInputError } from './mail-input-error.ts'

/** Addresses as given to the server: `from` may be empty (the null sender, RFC 5321 section 4.5.5). Both in ASCII. */
export interface SmtpEnvelope {
  from: string
  to: string
}

/** Printable ASCII without angle brackets; spaces only within quotes, which the composer has already checked. */
const SAFE = /^[\x20-\x3b\x3d\x3f-\x7e]*$/

/** Refuses addresses that could end their command and start another. `asciiAddress` makes lawful ones. */
export function checkEnvelope(envelope: SmtpEnvelope): void {
  if (!SAFE.test(envelope.from))
    throw new MailInputError('address_invalid', 'envelope.from', 'not an address in ASCII')
  if (!SAFE.test(envelope.to) || !envelope.to.includes('@')) {
    throw new MailInputError('address_invalid', 'envelope.to', 'not an address in ASCII')
  }
}
