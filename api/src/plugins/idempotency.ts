/** `Idempotency-Key` on every POST: the first answer is kept, and given again to those who ask again. */
import { type Context, DomainError } from '@envoi/core'
import { keepAnswer } from '@envoi/core/idempotency/keep-answer'
import { releaseKey } from '@envoi/core/idempotency/release-key'
import { reserveKey } from '@envoi/core/idempotency/reserve-key'
import type { FastifyInstance, FastifyReply } from 'fastify'

const replayable = ['location', 'etag', 'content-type']

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that this request has reserved, and in which account. */
    reserved: { context: Context; key: string } | null
  }
}

export function registerIdempotency(app: FastifyInstance): void {
  app.decorateRequest('reserved', null)
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    const { operation } = request.routeOptions.config
    const { context } = request
    if (operation?.idempotent !== true || typeof key !== 'string') return
    if (context === null || !('accountId' in context)) return
    if (key.length < 1 || key.length > 255)
      throw new DomainError('malformed', { detail: 'Idempotency-Key must have 1 to 255 characters.' })
    const content = JSON.stringify([request.method, request.url, request.body ?? null])
    const kept = await reserveKey(context, { key, operationId: operation.id, content })
    if (kept === null) {
      request.reserved = { context, key }
      return
    }
    return reply
      .code(kept.status)
      .headers(kept.headers)
      .header('idempotent-replayed', 'true')
      .serializer((text: unknown) => text as string)
      .send(kept.body)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const { reserved } = request
    if (reserved === null) return payload
    // once: what follows may fail, and its answer comes here as well
    request.reserved = null
    await settle(reserved, reply, payload).catch((error: unknown) =>
      request.log.warn({ err: error }, 'an answer could not be kept'),
    )
    return payload
  })
}

/** Keeps the answer, but for a failure of ours: that may be tried again with the same key. */
async function settle(
  { context, key }: { context: Context; key: string },
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const isText = typeof payload === 'string' || payload === null || payload === undefined
  if (reply.statusCode >= 500 || !isText) return releaseKey(context, key)
  const headers = Object.fromEntries(
    replayable.flatMap((name) =>
      reply.getHeader(name) === undefined ? [] : [[name, String(reply.getHeader(name))]],
    ),
  )
  await keepAnswer(context, key, { status: reply.statusCode, headers, body: payload ?? '' })
}
