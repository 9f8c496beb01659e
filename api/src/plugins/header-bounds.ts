/**
 * The first thing that happens to a request: its headers get a length that whatever reads them later can bear. Node takes 16 kB of them,
 * and each of our own readers, of Fastify's and of their plugins' would have to be linear in that for ever.
 *
 * What tells about a client is cut, since nobody writes that much of it and people must get their page all the same. Of what decides
 * something (who asks, what is sent, on which condition) a part would mean something else: it is refused.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { DomainError } from '@envoi/core'
import type { FastifyInstance } from 'fastify'

/** For every header that is not named below: nothing of ours reads it. */
const longest = 1_024

const cutAt: Readonly<Record<string, number>> = {
  accept: 512,
  'accept-encoding': 256,
  'accept-language': 256,
  'user-agent': 512,
  'sec-purpose': 64,
  purpose: 64,
  'x-moz': 64,
  'x-purpose': 64,
}

const refusedAbove: Readonly<Record<string, number>> = {
  // a session's token has some 500 characters, an OAuth client's up to 2,000
  authorization: 2_048,
  'content-encoding': 64,
  'content-length': 20,
  'content-type': 256,
  // a name of 253 characters, and a port
  host: 260,
  // one of 255 is accepted: see the contract
  'idempotency-key': 1_024,
  'if-match': 1_024,
  origin: 512,
  'transfer-encoding': 64,
}

/** What is too long to be read counts as a no: it costs a figure, and overlooking one costs the law. */
const noWhenTooLong: ReadonlySet<string> = new Set(['dnt', 'sec-gpc'])

/** The end is what the nearest proxies have added, and all that is believed. */
const keepEndOf: ReadonlySet<string> = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])

export function registerHeaderBounds(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw }) => boundHeaders(raw.headers))
}

/** Cuts what is too long, then refuses the request if a header was too long that may not be cut. */
export function boundHeaders(headers: IncomingHttpHeaders): void {
  let refused: string | undefined
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue
    const limit = cutAt[name] ?? refusedAbove[name] ?? longest
    // only Set-Cookie comes as a list, which no request should have
    const text = Array.isArray(value) ? value.join(', ') : value
    if (text.length <= limit) continue
    headers[name] = noWhenTooLong.has(name)
      ? '1'
      : keepEndOf.has(name)
        ? text.slice(-limit)
        : text.slice(0, limit)
    if (name in refusedAbove) refused ??= name
  }
  if (refused !== undefined)
    throw new DomainError('malformed', {
      detail: `The header ${refused} must have at most ${refusedAbove[refused]} characters.`,
    })
}
