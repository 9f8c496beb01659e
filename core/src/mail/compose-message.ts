/**
 * Composing internet messages (RFC 5322, MIME: RFC 2045 to 2047).
 *
 * A message is written once, straight into its final bytes: header lines from strings, bodies encoded in one pass.
 * nodemailer's `MimeNode` builds a tree of streams for each message and costs several times as much, and what a marketing
 * or transactional message needs of MIME is small: `multipart/alternative` of a text and an HTML part.
 *
 * Safe by construction: every value passes `refuseControlCharacters`, so no field can start a header of its own; the
 * boundary holds `=_`, which neither quoted-printable nor base64 can produce, so no body can close a part; lines end in
 * CRLF and hold 76 characters in bodies. Nothing here reads a file, a URL, the clock or a random source.
 */
import { encodeWords, foldHeader, isAscii, needsEncoding, refuseControlCharacters } from './header-value.ts'
import { MailInputError } from './mail-input-error.ts'
import { formatMailbox, type Mailbox } from './mailbox.ts'
import { encodeQuotedPrintable } from './quoted-printable.ts'

/** What a message says, before encoding. Text is required: a message with HTML alone is read as spam, and by nobody blind. */
export interface MessageInput {
  from: Mailbox
  replyTo?: Mailbox
  to: Mailbox
  subject: string
  text: string
  html?: string
  /** With or without its angle brackets. */
  messageId: string
  date: Date
  /** Such as `List-Unsubscribe`, `List-Id`, `Feedback-ID`, `Auto-Submitted`; never those that are composed here. */
  headers?: Readonly<Record<string, string>>
}

/** One header field as it goes on the wire, folded, without its last CRLF. */
export interface HeaderLine {
  name: string
  line: string
}

/** A message ready to be signed (`signMessage`) and written out (`serializeMessage`). */
export interface ComposedMessage {
  headers: readonly HeaderLine[]
  body: Buffer
}

const BOUNDARY = '=_envoi_alternative'
const MESSAGE_ID = /^<?([A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+@[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.[\]:]+)>?$/
const HEADER_NAME = /^[A-Za-z0-9-]+$/
/** Besides those that begin with `content-`. */
const COMPOSED_HERE: ReadonlySet<string> = new Set([
  'from',
  'to',
  'cc',
  'bcc',
  'sender',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'dkim-signature',
  'return-path',
  'received',
])

/**
 * Writes a message.
 *
 * @throws MailInputError naming the field that cannot be written
 */
export function composeMessage(input: MessageInput): ComposedMessage {
  const headers: HeaderLine[] = []
  const add = (name: string, value: string) => headers.push({ name, line: foldHeader(name, value) })

  add('From', formatMailbox('from', input.from))
  add('To', formatMailbox('to', input.to))
  if (input.replyTo) add('Reply-To', formatMailbox('replyTo', input.replyTo))
  add('Subject', formatSubject(input.subject))
  add('Date', formatDate(input.date))
  add('Message-ID', formatMessageId(input.messageId))
  for (const [name, value] of Object.entries(input.headers ?? {})) {
    checkHeaderName(name, headers)
    add(name, checkHeaderValue(name, value))
  }
  add('MIME-Version', '1.0')

  const text = encodePart('text/plain', input.text)
  if (input.html === undefined) {
    add('Content-Type', text.type)
    add('Content-Transfer-Encoding', text.encoding)
    return { headers, body: Buffer.concat([text.content, Buffer.from('\r\n')]) }
  }
  add('Content-Type', `multipart/alternative; boundary="${BOUNDARY}"`)
  return { headers, body: joinParts([text, encodePart('text/html', input.html)]) }
}

/** The bytes to hand to an SMTP server: headers, an empty line, the body; lines end in CRLF, all of it is ASCII. */
export function serializeMessage(message: ComposedMessage): Buffer {
  let head = ''
  for (const header of message.headers) head += `${header.line}\r\n`
  head += '\r\n'
  const raw = Buffer.allocUnsafe(head.length + message.body.length)
  raw.write(head, 0, 'latin1')
  message.body.copy(raw, head.length)
  return raw
}

interface Part {
  type: string
  encoding: 'quoted-printable' | 'base64'
  content: Buffer
}

/** Quoted-printable stays legible and small for European languages; where most bytes would be escaped, base64 is smaller. */
function encodePart(mediaType: string, content: string): Part {
  const type = `${mediaType}; charset=utf-8`
  const bytes = Buffer.byteLength(content)
  // A character outside ASCII has one to two bytes more than its UTF-16 length; each of its bytes takes three.
  const escaped = (bytes - content.length) * 2
  if (escaped * 6 <= bytes)
    return { type, encoding: 'quoted-printable', content: encodeQuotedPrintable(content) }
  const canonical = Buffer.from(content.replace(/\r\n?|\n/g, '\r\n'))
  return {
    type,
    encoding: 'base64',
    content: Buffer.from(wrapBase64(canonical.toString('base64')), 'latin1'),
  }
}

function wrapBase64(encoded: string): string {
  return encoded.replace(/.{76}(?=.)/g, '$&\r\n')
}

/** The CRLF before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1), so parts keep their exact length. */
function joinParts(parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = []
  let before = ''
  for (const part of parts) {
    const head = `${before}--${BOUNDARY}\r\nContent-Type: ${part.type}\r\nContent-Transfer-Encoding: ${part.encoding}\r\n\r\n`
    pieces.push(Buffer.from(head, 'latin1'), part.content)
    before = '\r\n'
  }
  pieces.push(Buffer.from(`\r\n--${BOUNDARY}--\r\n`, 'latin1'))
  return Buffer.concat(pieces)
}

function formatSubject(subject: string): string {
  const clean = refuseControlCharacters('subject', subject).trim()
  return needsEncoding(clean) ? encodeWords(clean) : clean
}

/** Most other headers have a structure that encoded words would break (a URL, an identifier), so they must be ASCII. */
function checkHeaderValue(name: string, value: string): string {
  const field = `headers.${name}`
  if (!isAscii(refuseControlCharacters(field, value))) {
    throw new MailInputError(
      'header_not_ascii',
      field,
      'must be ASCII; `formatPhrase` encodes a name within it',
    )
  }
  return value.trim()
}

function formatDate(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new MailInputError('date_invalid', 'date', 'not a date')
  return date.toUTCString().replace('GMT', '+0000')
}

function formatMessageId(messageId: string): string {
  const match = MESSAGE_ID.exec(refuseControlCharacters('messageId', messageId))
  if (!match || messageId.length > 250)
    throw new MailInputError('message_id_invalid', 'messageId', 'not of the form left@right')
  return `<${match[1]}>`
}

function checkHeaderName(name: string, headers: readonly HeaderLine[]): void {
  if (!HEADER_NAME.test(name)) {
    throw new MailInputError(
      'header_name_invalid',
      'headers',
      'a name holds letters, digits and hyphens only',
    )
  }
  const lower = name.toLowerCase()
  const isOurs = COMPOSED_HERE.has(lower) || lower.startsWith('content-')
  if (isOurs || headers.some((header) => header.name.toLowerCase() === lower)) {
    throw new MailInputError(
      'header_not_allowed',
      `headers.${name}`,
      'this header is composed, or given twice',
    )
  }
}
