import { isIP } from 'node:net'
import { MailInputError } from './mail-input-error.ts'

/** A relay as written in `SMTP_URL`. */
export interface SmtpRelay {
  host: string
  port: number
  /** TLS from the first byte (`smtps:`). */
  secure: boolean
  /** `always`: fail without STARTTLS. `offered`: use it when the server offers it. `never`: stay in the clear. */
  starttls: 'always' | 'offered' | 'never'
  verifyCertificate: boolean
  auth: { user: string; pass: string } | null
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

/**
 * Reads `smtp://user:pass@host:port` or `smtps://…`, with `?starttls=always|offered|never` and `?verify=no` (accepts a
 * certificate nobody vouches for). A password never leaves in the clear: with credentials, STARTTLS is `always` unless
 * the server is on this machine or the URL says otherwise.
 *
 * @throws MailInputError `smtp_url_invalid`; its message never repeats the URL, which holds a password
 */
export function parseSmtpUrl(text: string): SmtpRelay {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || !url.hostname) {
    throw invalid('expected smtp://host:port or smtps://host:port')
  }
  for (const [name, value] of url.searchParams) {
    const known = { starttls: ['always', 'offered', 'never'], verify: ['yes', 'no'] }[name]
    if (!known) throw invalid('the only parameters are starttls and verify')
    if (!known.includes(value)) throw invalid(`${name} must be one of ${known.join(', ')}`)
  }
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1')
  const secure = url.protocol === 'smtps:'
  const auth = url.username ? { user: decode(url.username), pass: decode(url.password) } : null
  return {
    host,
    port: Number(url.port) || (secure ? 465 : auth ? 587 : 25),
    secure,
    starttls: starttlsOf(url.searchParams.get('starttls'), auth !== null && !isLoopback(host)),
    verifyCertificate: url.searchParams.get('verify') !== 'no',
    auth,
  }
}

function starttlsOf(given: string | null, mustEncrypt: boolean): SmtpRelay['starttls'] {
  if (given === 'always' || given === 'offered' || given === 'never') return given
  return mustEncrypt ? 'always' : 'offered'
}

function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) && (host === 'localhost' || isIP(host) !== 0)
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('user and password must be percent-encoded')
  }
}

function invalid(detail: string): MailInputError {
  return new MailInputError('smtp_url_invalid', 'SMTP_URL', detail)
}
