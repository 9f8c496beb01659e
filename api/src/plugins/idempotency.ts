/**
 * `Idempotency-Key` on every POST: the first answer is kept, and given again to those who ask again. It commits with what it answers for:
 * until it is known, the transaction of the command is held.
 *
 * A key is of who uses it. Inside an account that is the account; of the operator, the platform. Of a request without credentials nobody
 * knows whose it is: it is of the network it comes from, so that a key that somebody guesses elsewhere is another one, and of its whole
 * content, secrets included, as everywhere.
 */
import { type Context, DomainError, inAccount, type RequestContext } from '@envoi/core'
import { networkOf } from '@envoi/core/access/network'
import type { PrismaClient } from '@envoi/core/database'
import { keepAnswer } from '@envoi/core/idempotency/keep-answer'
import { type OnceOnly, onceOnly } from '@envoi/core/idempotency/once-only'
import { releaseKey } from '@envoi/core/idempotency/release-key'
import type { Reservation } from '@envoi/core/idempotency/request-key'
import { reserveKey } from '@envoi/core/idempotency/reserve-key'
import { platformAccount } from '@envoi/core/jobs/schedules'
import type { FastifyInstance, FastifyReply } from 'fastify'

const replayable = ['location', 'etag', 'content-type']

interface Reserved {
  context: Context
  once: OnceOnly
  reservation: Reservation
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that this request has reserved, and in which account. */
    reserved: Reserved | null
  }
}

export function registerIdempotency(app: FastifyInstance): void {
  app.decorateRequest('reserved', null)
  app.addHook('preHandler', async (request, reply) => {
    const given = request.headers['idempotency-key']
    const { operation } = request.routeOptions.config
    if (operation?.idempotent !== true || typeof given !== 'string' || request.context === null) return
    if (given.length < 1 || given.length > 255)
      throw new DomainError('malformed', { detail: 'Idempotency-Key must have 1 to 255 characters.' })
    const { context, key } = owned(request.context, given, operation.security.length === 0)
    const content = JSON.stringify([request.method, request.url, request.body ?? null])
    const outcome = await reserveKey(context, { key, operationId: operation.id, content })
    if ('reservation' in outcome) {
      const once = onceOnly(context.db as PrismaClient)
      request.reserved = { context, once, reservation: outcome.reservation }
      request.context = holding(request.context, once)
      return
    }
    const { kept } = outcome
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
    try {
      await settle(reserved, reply, payload)
    } catch (error) {
      request.log.warn({ err: error }, 'an answer could not be kept')
      // what was done was not done, or is answered when it is asked for again
      await releaseKey(reserved.context, reserved.reservation.key).catch(() => undefined)
      throw error
    }
    return payload
  })
}

/** The context of a request whose effect waits for its answer: what comes after the command sees what it did. */
function holding<C extends Context | RequestContext>(context: C, once: OnceOnly): C {
  return Object.defineProperty({ ...context, once }, 'db', { enumerable: true, get: once.current })
}

/** The key as that of its owner, and where it is kept. */
function owned(context: Context | RequestContext, key: string, isPublic: boolean) {
  if ('accountId' in context) return { context, key }
  const platform = inAccount(context, platformAccount, { type: 'system', id: null })
  const owner = isPublic ? `anyone at ${networkOf(context.address)}` : 'operator'
  return { context: platform, key: `${owner}: ${key}` }
}

/** Keeps the answer, but for a failure of ours and for “later”: those may be tried again with the same key. */
async function settle(
  { context, once, reservation }: Reserved,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const isText = typeof payload === 'string' || payload === null || payload === undefined
  if (reply.statusCode >= 500) await once.rollback()
  if (reply.statusCode >= 500 || reply.statusCode === 429 || !isText) {
    await once.commit(async () => undefined)
    return releaseKey(context, reservation.key)
  }
  const headers = Object.fromEntries(
    replayable.flatMap((name) =>
      reply.getHeader(name) === undefined ? [] : [[name, String(reply.getHeader(name))]],
    ),
  )
  await keepAnswer(context, once, reservation, { status: reply.statusCode, headers, body: payload ?? '' })
}
