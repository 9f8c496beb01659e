import { buildDocument, contract, type ErrorCode, errorsOf } from '@envoi/openapi'
import type { FastifyInstance } from 'fastify'
import { allOperations } from '../contract/operations.ts'

const operations = new Map(allOperations.map(({ id, operation }) => [id as string, operation]))

interface Declared {
  $ref?: string
  headers?: Record<string, unknown>
}

const document = buildDocument(contract) as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Declared> }>>
  components: { responses: Record<string, Declared> }
}

/** What the document says of the headers of an answer: their names in lower case, by operation and status. */
const headersOf = new Map<string, string[]>(
  Object.values(document.paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ operationId, responses }) =>
      Object.entries(responses).map(([status, response]) => {
        const { headers = {} } =
          response.$ref === undefined
            ? response
            : (document.components.responses[response.$ref.split('/').at(-1) ?? ''] ?? {})
        return [`${operationId} ${status}`, Object.keys(headers).map((name) => name.toLowerCase())] as const
      }),
    ),
)

/** Headers that some answers have and others have not. */
const telling = ['etag', 'location', 'link', 'retry-after', 'www-authenticate', 'content-disposition']
/** Those that are always there when they are declared. */
const promised = ['etag', 'location', 'www-authenticate']

/** Where something can be read. */
const readable = Object.entries(document.paths)
  .filter(([, item]) => item.get !== undefined)
  .map(([path]) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`))

function wrongHeaders(answer: string, sent: (name: string) => boolean): string[] {
  const declared = headersOf.get(answer) ?? []
  return [
    ...telling
      .filter((name) => sent(name) && !declared.includes(name))
      .map((name) => `${answer} has an undeclared ${name}`),
    ...promised
      .filter((name) => declared.includes(name) && !sent(name))
      .map((name) => `${answer} lacks its ${name}`),
  ]
}

/**
 * Looks at every answer that a test server gives: whatever a test is about, an operation answers only with statuses, error codes
 * and headers that the contract declares for it, and none of its answers may be kept by a cache. Returns what was not; the
 * fixture fails the file when there is anything.
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
    else if (type.startsWith('application/problem+json') || (spec.form !== undefined && status >= 400)) {
      const { code } = JSON.parse(String(payload)) as { code: ErrorCode }
      if (!errorsOf(spec).includes(code)) undeclared.add(`${operation.id} answered ${status} ${code}`)
    } else if (spec.responses[status] === undefined) undeclared.add(`${operation.id} answered ${status}`)
    for (const wrong of wrongHeaders(`${operation.id} ${status}`, (name) => reply.hasHeader(name)))
      undeclared.add(wrong)
    if (reply.getHeader('cache-control') !== 'no-store')
      undeclared.add(`${operation.id} answered ${status} without Cache-Control: no-store`)
    const location = String(reply.getHeader('location') ?? '')
    if (location !== '' && !readable.some((path) => path.test(location)))
      undeclared.add(`${operation.id} points to ${location}, where nothing can be read`)
    return payload
  })
  return undeclared
}
