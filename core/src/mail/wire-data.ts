import { MailInputError } from './mail-input-error.ts'

const END = Buffer.from('\r\n.\r\n', 'latin1')

/**
 * A message as it follows the `354`: dots at the start of lines doubled (RFC 5321 section 4.5.2), ending in CRLF, dot, CRLF.
 *
 * Messages from `serializeMessage` have no such dots, which two native searches establish; so this costs a copy. Any other
 * message that has one is checked for bare CR and LF too, since a dot between unusual line ends is how one message is
 * smuggled inside another (CVE-2023-51764 and its kin).
 */
export function prepareData(raw: Buffer): Buffer {
  const stuffed = mayHoldDotLine(raw) ? stuffDots(raw) : raw
  const body = stuffed.at(-1) === 0x0a && stuffed.at(-2) === 0x0d ? stuffed.subarray(0, -2) : stuffed
  return Buffer.concat([body, END], body.length + END.length)
}

function mayHoldDotLine(raw: Buffer): boolean {
  return raw[0] === 0x2e || raw.includes('\n.', 0, 'latin1') || raw.includes('\r.', 0, 'latin1')
}

function stuffDots(raw: Buffer): Buffer {
  const text = raw.toString('latin1')
  if (/\r(?!\n)|(?<!\r)\n/.test(text)) {
    throw new MailInputError('message_malformed', 'raw', 'lines must end in CRLF')
  }
  return Buffer.from(text.replace(/^\./gm, '..'), 'latin1')
}
