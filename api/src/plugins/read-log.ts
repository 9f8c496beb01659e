import type { Platform } from '@envoi/core'
import { type ReadLog, readLog } from '@envoi/core/audit/read-log'
import type { FastifyInstance } from 'fastify'

/** What a process that is killed can lose of who has seen whom. */
const FLUSH_MS = 30_000

/** Puts reads of personal data on record, beside the requests; the last ones when the server closes. */
export function registerReadLog(app: FastifyInstance, platform: Platform): ReadLog {
  const reads = readLog(platform)
  const timer = setInterval(() => void reads.flush(), FLUSH_MS).unref()
  app.addHook('onResponse', async ({ context }, reply) => {
    if (reply.statusCode < 400 && context !== null && 'accountId' in context) reads.close(context)
  })
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await reads.flush()
  })
  return reads
}
