/**
 * Text comes as UTF-8 or not at all (RFC 8259, section 8.1; RFC 3986, section 2.5). A decoder that puts U+FFFD for what it cannot
 * read would have us store, for good where it is a ledger, what nobody has sent.
 */
import { isUtf8 } from 'node:buffer'
import { DomainError } from '@envoi/core'
import type { FastifyInstance } from 'fastify'

/** Null for what is no UTF-8; overlong forms and halves of surrogate pairs (CESU-8) are none (RFC 3629, section 3). */
export const decodeUtf8 = (bytes: Buffer): string | null => (isUtf8(bytes) ? bytes.toString('utf8') : null)

/** @throws DomainError `unsupported_media_type` when a body says that it is in another encoding */
export function requireUtf8(contentType: string | undefined): void {
  // each parameter, with whatever space is around it: one that is passed over would have its text taken for another
  for (const parameter of (contentType ?? '').split(';').slice(1)) {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim())
    const charset = value.replaceAll('"', '').trim().slice(0, 40)
    if (name.toLowerCase() === 'charset' && !utf8Names.has(charset.toLowerCase()))
      throw new DomainError('unsupported_media_type', {
        detail: `Bodies are taken as UTF-8, not as ${charset}.`,
      })
  }
}

/** ASCII is a part of it. */
const utf8Names = new Set(['utf-8', 'utf8', 'us-ascii'])

/** What is not ASCII is percent-encoded in a URL: Node's parser takes each byte of it for a character of Latin-1. */
export function registerUtf8Urls(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ routeOptions, raw }) => {
    if (routeOptions.config.operation === undefined) return
    const url = raw.url ?? ''
    if (/[^\x21-\x7e]/.test(url) || !isPercentEncoded(url))
      throw new DomainError('malformed', { detail: 'The URL is not percent-encoded UTF-8.' })
  })
}

/** Whether all that is percent-encoded in it is UTF-8. */
function isPercentEncoded(text: string): boolean {
  if (!text.includes('%')) return true
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
