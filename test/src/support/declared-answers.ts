import { type ErrorCode, errorsOf } from '@envoi/openapi'
import type { FastifyInstance } from 'fastify'
import { allOperations } from '../contract/operations.ts'

const operations = new Map(allOperations.map(({ id, operation }) => [id as string, operation]))

/**
 * Looks at every answer that a test server gives: whatever a test is about, an operation answers only with statuses and error
 * codes that the contract declares for it. Returns what was not; the fixture fails the file when there is anything.
 */
export function watchAnswers(app: FastifyInstance): Set<string> {
  const undeclared = new Set<string>()
  app.addHook('onSend', async (request, reply, payload) => {
    const { operation } = request.routeOptions.config as { operation?: { id: string } }
    if (operation === undefined) return payload
    const spec = operations.get(operation.id)
    const status = reply.statusCode
    const type = String(reply.getHeader('content-type') ?? '')
    if (spec === undefined) undeclared.add(`${operation.id} is not in the contract`)
    else if (type.startsWith('application/problem+json')) {
      const { code } = JSON.parse(String(payload)) as { code: ErrorCode }
      if (!errorsOf(spec).includes(code)) undeclared.add(`${operation.id} answered ${status} ${code}`)
    } else if (spec.responses[status] === undefined) undeclared.add(`${operation.id} answered ${status}`)
    return payload
  })
  return undeclared
}
