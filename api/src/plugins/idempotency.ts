/**
 * `Idempotency-Key` on every POST: the first answer is kept, and given again to those who ask again. It commits with what it answers for:
 * until it is known, the transaction of the command is held.
 *
 * A key is of who uses it: a user, an API key (with all its values and tokens), the operator. Of a request without credentials nobody
 * knows whose it is: it is of the network it comes from, so that a key that somebody guesses elsewhere is another one, and of its whole
 * content, secrets included, as everywhere.
 */
import { type Context, DomainError, inAccount, type RequestContext } from '@envoi/core'
import { networkOf } from '@envoi/core/access/network'
import type { PrismaClient } from '@envoi/core/database'
import { keepAnswer } from '@envoi/core/idempotency/keep-answer'
import { type OnceOnly, onceOnly } from '@envoi/core/idempotency/once-only'
import { recordReplay } from '@envoi/core/idempotency/record-replay'
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
  url: string
  /** Properties of the answer that are told once. */
  secrets: string[]
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
      const { url } = request
      request.reserved = { context, once, reservation: outcome.reservation, url, secrets: operation.secrets }
      request.context = holding(request.context, once)
      return
    }
    const { replay } = outcome
    await recordReplay(context, replay)
    return reply
      .code(replay.status)
      .headers(replay.headers)
      .header('idempotent-replayed', 'true')
      .serializer((text: unknown) => text as string)
      .send(replay.body)
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
  if ('accountId' in context) {
    const { type, id } = context.actor
    return { context, key: `${type} ${id}: ${key}` }
  }
  if (!isPublic)
    return {
      context: inAccount(context, platformAccount, { type: 'operator', id: null }),
      key: `operator: ${key}`,
    }
  // that somebody asked again is on record without anything that leads to a person
  const nobody = inAccount({ ...context, address: null }, platformAccount, { type: 'system', id: null })
  return { context: nobody, key: `anyone at ${networkOf(context.address)}: ${key}` }
}

/** Keeps the answer, but for a failure of ours and for “later”: those may be tried again with the same key. */
async function settle(
  { context, once, reservation, url, secrets }: Reserved,
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
  const body = payload ?? ''
  const isSecret = reply.statusCode < 300 && tells(body, secrets)
  await keepAnswer(context, once, reservation, { status: reply.statusCode, headers, body, isSecret, url })
}

/** Whether a JSON answer has one of the properties. */
function tells(body: string, properties: string[]): boolean {
  if (properties.length === 0 || body === '') return false
  const answer: unknown = JSON.parse(body)
  return typeof answer === 'object' && answer !== null && properties.some((name) => name in answer)
}
