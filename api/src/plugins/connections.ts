/**
 * What is answered before there is a request to answer, or when no more are taken. Fastify's own answers here are no
 * problems (RFC 9457), and carry no `X-Request-Id`.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { DomainError, type Platform } from '@envoi/core'
import { errors } from '@envoi/openapi'
import type { ConnectionError, FastifyInstance } from 'fastify'

/** What Node's parser could not take: what it was, and what it is called in HTTP (RFC 9110, RFC 6585). */
const refusals: Record<string, [status: number, detail: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
}

/** For `clientErrorHandler`: there is no request, only a connection, which is closed. */
export const answerBrokenRequest =
  ({ newId, settings, log }: Platform) =>
  (error: ConnectionError, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    const [status, detail] = refusals[error.code] ?? [400, 'This is no request of HTTP.']
    const id = newId()
    log.debug({ err: error, requestId: id }, 'a connection broke a request off')
    const body = JSON.stringify({
      type: `${settings.apiUrl}/problems/malformed`,
      title: errors.malformed.title,
      status,
      detail,
      code: 'malformed',
      instance: id,
    })
    if (socket.writable)
      socket.write(
        [
          `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
          'Content-Type: application/problem+json',
          `Content-Length: ${Buffer.byteLength(body)}`,
          `X-Request-Id: ${id}`,
          'Connection: close',
          '',
          body,
        ].join('\r\n'),
      )
    socket.destroySoon()
  }

/** Requests that come on an open connection once the server closes go elsewhere; those under way are finished. */
export function refuseWhileClosing(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', async () => {
    if (closing) throw new DomainError('unavailable', { retryAfter: 1 })
  })
}
