/**
 * Which pages may call the API from a browser (the CORS protocol of the Fetch standard): none, unless an account has named their origin
 * (docs/decisions, "Origins are allowed by account").
 *
 * A preflight carries no credentials, so it cannot be known whose account the request will be about. It is answered for origins that some
 * account allows, and lets a browser send; what is answered can be read only where the account of the credentials allows the origin.
 * Credentials are a header that the page itself must have: no cookie rides along, and `Access-Control-Allow-Credentials` is never sent.
 */
import type { Platform } from '@envoi/core'
import { isOriginAllowed, isOriginKnown } from '@envoi/core/accounts/allowed-origins'
import type { FastifyInstance } from 'fastify'

const methods = 'GET, POST, PUT, PATCH, DELETE'
const requestHeaders = 'Authorization, Content-Type, Content-Encoding, Accept, If-Match, Idempotency-Key'
const answerHeaders =
  'ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotent-Replayed'
/** Browsers take no more than two hours (Chromium). */
const maxAge = '7200'

export function registerCors(app: FastifyInstance, platform: Platform): void {
  app.options('/v1/*', async (request, reply) => {
    const { origin, 'access-control-request-method': method } = request.headers
    await app.countRequest(request, reply)
    reply.header('vary', 'origin')
    if (origin === undefined || method === undefined || !(await isOriginKnown(platform, origin)))
      return reply.callNotFound()
    return reply
      .code(204)
      .headers({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': methods,
        'access-control-allow-headers': requestHeaders,
        'access-control-max-age': maxAge,
      })
      .send()
  })
  // refusals too: a page should be able to tell what was wrong
  app.addHook('onSend', async (request, reply, payload) => {
    const { context, headers } = request
    const { origin } = headers
    if (context === null || !('accountId' in context)) return payload
    reply.header('vary', 'origin')
    const isAllowed =
      origin !== undefined &&
      (await isOriginAllowed(context, origin).catch((error: unknown) => {
        request.log.warn({ err: error }, 'could not ask whether an origin is allowed')
        return false
      }))
    if (isAllowed)
      reply.headers({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': answerHeaders,
      })
    return payload
  })
}
