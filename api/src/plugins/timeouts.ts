/**
 * Nobody holds a connection without using it: who sends a head or a body byte by byte (slow loris) is cut off, and what
 * takes us too long is answered. Files come as slowly as they need to, as long as something comes.
 */
import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { DomainError, type Platform } from '@envoi/core'
import type { FastifyInstance } from 'fastify'
import { answerBrokenRequest } from './connections.ts'

export interface Timeouts {
  /** From the start of a connection, or of the next request on it, to the end of the head. */
  headersMs: number
  /** From the end of the head to the end of a body that is not streamed: 1 MiB at 35 kB/s. */
  bodyMs: number
  /** Without a byte in either direction. */
  idleMs: number
  /** Of the work on a request, until its answer begins. Below `idleMs`, or nobody would be there to hear it. */
  handlerMs: number
}

export const defaultTimeouts: Timeouts = {
  headersMs: 15_000,
  bodyMs: 30_000,
  idleMs: 60_000,
  handlerMs: 55_000,
}

/** Node looks for late heads at intervals: half of the time that it gives them. */
export const serverTimeouts = ({ headersMs, idleMs }: Timeouts) => ({
  http: { headersTimeout: headersMs, connectionsCheckingInterval: Math.ceil(headersMs / 2) },
  // of the whole request: files take longer than any bound
  requestTimeout: 0,
  connectionTimeout: idleMs,
})

export function registerBodyTimeout(app: FastifyInstance, platform: Platform, { bodyMs }: Timeouts): void {
  const refuse = answerBrokenRequest(platform)
  app.addHook('preParsing', async (request) => {
    const { raw } = request
    if (raw.complete || request.routeOptions.config.streams === true) return
    // of `inject()`: there is no connection to cut off
    if (!(raw.socket instanceof Socket)) return
    const timer = setTimeout(() => {
      const error = Object.assign(new Error('the body did not arrive in time'), {
        code: 'ERR_HTTP_REQUEST_TIMEOUT',
        bytesParsed: 0,
        rawPacket: {},
      })
      refuse(error as Parameters<typeof refuse>[0], raw.socket)
    }, bodyMs)
    const stop = () => clearTimeout(timer)
    raw.once('end', stop).once('close', stop)
  })
}

/**
 * An answer within that time, or `unavailable`; then the work is told that nobody waits for it. Not Fastify's `handlerTimeout`:
 * it ends with the body of the request (Node 20), and breaks off files that are being answered.
 */
export async function inTime<T>(
  answer: Promise<T>,
  milliseconds: number,
  abandonment: AbortController,
): Promise<T> {
  const done = new AbortController()
  const late = pause(milliseconds, undefined, { signal: done.signal, ref: false }).then(() => {
    abandonment.abort()
    throw new DomainError('unavailable', { retryAfter: 10, detail: 'This takes too long.' })
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([answer, late])
  } finally {
    done.abort()
  }
}
