/**
 * The links and pixels of messages: `/c/{token}` redirects, `/o/{token}.gif` is a transparent pixel. The event is on disk
 * before the answer leaves; `DNT: 1` and `Sec-GPC: 1` leave no event at all. What a token asks for is in the token:
 * nothing is read from the database.
 */
import type { Platform } from '@envoi/core'
import { createEventWriter } from '@envoi/core/events/event-writer'
import { ingestRequester } from '@envoi/core/events/request-ingest'
import { hintsOf } from '@envoi/core/tracking/classify'
import { verifyClick, verifyOpen } from '@envoi/core/tracking/token'
import { tokenKeysOf } from '@envoi/core/tracking/token-keys'
import { isTrackingRefused } from '@envoi/core/tracking/tracking-refusal'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** By the thousand: no line in the log each, and none of the headers that protect documents. */
const route = { config: { quiet: true }, helmet: false } as const

const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

export function registerTracking(app: FastifyInstance, platform: Platform): void {
  const keys = tokenKeysOf(platform.keys)
  const ingest = ingestRequester(platform)
  const writer = createEventWriter(
    { ...platform, pool: platform.reserved.tracking },
    { onRecorded: () => ingest.request() },
  )
  app.addHook('onClose', async () => {
    await writer.close()
    await ingest.close()
  })

  app.register(async (edge) => {
    // a child per request, with all it would hide, costs a tenth of a redirect; the few lines that are written name the request
    edge.setChildLoggerFactory((logger) => logger)
    edge.get<{ Params: { token: string } }>('/c/:token', route, async (request, reply) => {
      const click = verifyClick(keys, request.params.token)
      if (click === null) return reply.callNotFound()
      const { accountId, campaignId, recipient, link, target } = click
      uncached(reply)
      if (!isTrackingRefused(request.headers)) {
        try {
          await writer.record({
            type: 'message.clicked',
            accountId,
            campaignId,
            recipient,
            link,
            hints: hintsOf(request),
          })
        } catch (error) {
          return passOn(request, reply, target, error)
        }
      }
      return reply.code(302).header('location', target).send()
    })

    edge.get<{ Params: { file: string } }>('/o/:file', route, async (request, reply) => {
      const { file } = request.params
      const open = file.endsWith('.gif') ? verifyOpen(keys, file.slice(0, -4)) : null
      if (open === null) return reply.callNotFound()
      uncached(reply)
      if (!isTrackingRefused(request.headers)) {
        const { accountId, campaignId, recipient } = open
        try {
          await writer.record({
            type: 'message.opened',
            accountId,
            campaignId,
            recipient,
            link: null,
            hints: hintsOf(request),
          })
        } catch (error) {
          request.log.error({ err: error, reqId: request.id }, 'an open could not be recorded')
          return reply.code(503).header('retry-after', '30').send()
        }
      }
      // shown by webmail, whose origin is another
      return reply.header('cross-origin-resource-policy', 'cross-origin').type('image/gif').send(pixel)
    })
  })
}

function uncached(reply: FastifyReply): void {
  reply.headers({
    'cache-control': 'no-store, private',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
}

/** When the click cannot be recorded it is not acknowledged, but the person goes on all the same. */
function passOn(request: FastifyRequest, reply: FastifyReply, target: string, error: unknown) {
  request.log.error({ err: error, reqId: request.id }, 'a click could not be recorded')
  const href = target.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return reply
    .code(503)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    .send(
      `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${href}"><title>…</title><a href="${href}">${href}</a>`,
    )
}
