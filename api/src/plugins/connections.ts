/**
 * What is answered before there is a request to answer: Fastify's own answers here are no problems (RFC 9457), and carry no
 * `X-Request-Id`. And how connections end when the server does.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Platform } from '@envoi/core'
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

declare module 'fastify' {
  interface FastifyInstance {
    leaving: {
      has(): boolean
      /**
       * `/health/ready` fails, so that whoever shares out requests sends them elsewhere; those that come are answered, and their
       * connections end.
       */
      begin(): void
    }
  }
}

/** Whoever is still connected when the server closes is answered and let go: nobody is refused for a restart. */
export function letConnectionsGo(app: FastifyInstance): void {
  let leaving = false
  const begin = () => {
    leaving = true
  }
  app.decorate('leaving', { has: () => leaving, begin })
  app.addHook('preClose', async () => begin())
  app.addHook('onSend', async (_request, reply) => {
    if (leaving) reply.header('connection', 'close')
  })
}
