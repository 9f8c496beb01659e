/** Makes every operation of the document a route: validation, serialisation, permission, limits and handler. */
import { type Context, DomainError, type Platform, type RequestContext } from '@envoi/core'
import { requireRecentProof } from '@envoi/core/access/require-recent-proof'
import { onLane } from '@envoi/core/connections/on-lane'
import { countTrialRequest } from '@envoi/core/limited-acts/count-act'
import { contract } from '@envoi/openapi'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { handlers } from '../handlers/index.ts'
import { inTime, type Timeouts } from '../plugins/timeouts.ts'
import type { Answer } from './answers.ts'
import { costOf, type DeclaredCost } from './cost.ts'
import {
  bodySchema,
  isOAuth,
  isRepeatable,
  type OpenApiDocument,
  parametersSchema,
  type RouteOfDocument,
  routesOf,
  takesCondition,
  uploadTypes,
} from './document.ts'
import { schemaCompilers } from './schema-compilers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Not worth a line in the log each: pixels and redirects come by the thousand. */
    quiet?: boolean
    /** Its body is a file, taken as it comes. */
    streams?: boolean
    /** The operation behind a route of the contract; undefined for health, documentation and public pages. */
    operation?: {
      id: string
      security: Record<string, string[]>[]
      idempotent: boolean
      /** Properties of its answer that are told once, and not kept. */
      secrets: string[]
      oauth: boolean
      /** Whether an account that is being closed may still do it. */
      whileClosing: boolean
      /** What it asks of the database, other than most do. */
      cost: DeclaredCost
    }
  }
  interface FastifyRequest {
    /** Set by the authentication, for routes of the contract. */
    context: Context | RequestContext | null
  }
}

type AnyHandler = (request: unknown, context: Context | RequestContext) => Promise<Answer<number, unknown>>

/** `contacts.create` → its handler. */
function handlersById(): Map<string, AnyHandler> {
  const byId = new Map<string, AnyHandler>()
  for (const [key, operations] of Object.entries(handlers)) {
    const { name } = contract[key as keyof typeof contract]
    for (const [verb, handler] of Object.entries(operations))
      byId.set(`${name}.${verb}`, handler as unknown as AnyHandler)
  }
  return byId
}

export function registerRoutes(
  app: FastifyInstance,
  platform: Platform,
  document: OpenApiDocument,
  { handlerMs }: Timeouts,
): void {
  const compilers = schemaCompilers(document)
  const byId = handlersById()
  for (const route of routesOf(document)) {
    const { operationId } = route.operation
    const handler = byId.get(operationId)
    if (handler === undefined) throw new Error(`The operation ${operationId} has no handler`)
    byId.delete(operationId)
    registerRoute(app, route, handler, compilers, handlerMs)
  }
  for (const id of byId.keys()) throw new Error(`The handler ${id} has no operation`)
  platform.log.debug({ routes: routesOf(document).length }, 'routes made from the contract')
}

function registerRoute(
  app: FastifyInstance,
  route: RouteOfDocument,
  handler: AnyHandler,
  compilers: ReturnType<typeof schemaCompilers>,
  handlerMs: number,
): void {
  const { operation, method, path } = route
  const uploads = uploadTypes(route)
  const mediaTypes = Object.keys(operation.requestBody?.content ?? {})
  app.route({
    method,
    url: path.replace(/\{(\w+)\}/g, ':$1'),
    config: {
      streams: uploads.length > 0,
      operation: {
        id: operation.operationId,
        security: operation.security,
        idempotent: isRepeatable(route) && uploads.length === 0,
        secrets: operation['x-answers-secret'] ?? [],
        oauth: isOAuth(route),
        whileClosing: method === 'GET' || operation['x-while-closing'] === true,
        cost: operation['x-cost'],
      },
    },
    ...(operation['x-body-limit'] === undefined ? {} : { bodyLimit: operation['x-body-limit'] }),
    schema: {
      params: parametersSchema(route, 'path'),
      querystring: parametersSchema(route, 'query'),
      ...(bodySchema(route) === undefined ? {} : { body: bodySchema(route) }),
      response: responseSchemas(route),
    },
    preParsing: async (request) => {
      if (!takesCondition(route)) refuseCondition(request)
      refuseMediaType(request, mediaTypes)
    },
    preValidation: async (request) => {
      refuseNull(request)
      // before the answer to an Idempotency-Key is kept: repeated with a proof, the request goes through
      if (takesProof(operation, request.body)) await requireRecentProof(request.context as Context)
    },
    validatorCompiler: ({ schema, httpPart }) => {
      const validate = compilers.validate(schema as object, httpPart === 'body' ? 'body' : 'parameters')
      const optional = httpPart === 'body' && operation.requestBody?.required === false
      if (isOAuth(route) && httpPart === 'body')
        return (data: unknown) => {
          const value = givenFields(data)
          const errors = validate(value)
          return errors === null ? { value } : { error: validationError(errors) }
        }
      return (data: unknown) => {
        const errors = optional && (data === undefined || data === null) ? null : validate(data)
        return errors === null ? { value: data } : { error: validationError(errors) }
      }
    },
    serializerCompiler: ({ schema }) => compilers.serialize(schema as Record<string, unknown>),
    handler: async (request, reply) => {
      const { context, abandonment } = request
      if (context === null) throw new Error('a route of the contract ran without its context')
      const work = (on: typeof context) => handler(requestOf(request), on)
      await countOnTrial(request, operation)
      // of a change only a part reads, and takes a lane by itself
      const isLongRead = method === 'GET' && costOf(request) === 'expensive'
      const working = isLongRead ? onLane(context, work) : work(context)
      request.work = working.catch(() => undefined)
      // a file takes as long as it takes to come
      const answer = uploads.length > 0 ? await working : await inTime(working, handlerMs, abandonment)
      return send(request, reply, answer)
    },
  })
}

/** An account that nobody knows yet has so many of each request in a day. One that is given its earlier answer again does not come here. */
async function countOnTrial(
  { principal, context }: FastifyRequest,
  { operationId, 'x-trial-limit': limit }: RouteOfDocument['operation'],
): Promise<void> {
  if (limit === undefined || principal?.accountStatus !== 'trial') return
  await countTrialRequest(context as Context, { kind: `${operationId} asked`, limit })
}

/** Whether a request is one of those that take a recent proof of who asks. */
function takesProof({ 'x-recent-proof': proof }: RouteOfDocument['operation'], body: unknown): boolean {
  if (proof === undefined || proof === true) return proof === true
  return typeof body === 'object' && body !== null && proof.some((member) => Object.hasOwn(body, member))
}

/** A parameter without a value counts as left out (RFC 6749, section 3.2). */
const givenFields = (form: unknown) =>
  Object.fromEntries(Object.entries(form ?? {}).filter(([, value]) => value !== ''))

/** A condition must not be passed over (RFC 9110, section 13.1.1). */
function refuseCondition({ headers }: FastifyRequest): void {
  if (headers['if-match'] !== undefined)
    throw new DomainError('malformed', {
      detail: 'This operation does not look at If-Match: send it without.',
    })
}

/** Parsers are shared with pages, which take forms: an operation takes what it declares. */
function refuseMediaType({ headers }: FastifyRequest, declared: string[]): void {
  if (declared.length > 0 && hasBody(headers) && !declared.includes(mediaTypeOf(headers['content-type'])))
    throw new DomainError('unsupported_media_type', { detail: `It takes ${declared.join(', ')}.` })
}

/** A body that may be left out is then null; one that is sent is an object. */
function refuseNull({ headers, body }: FastifyRequest): void {
  if (body === null && hasBody(headers))
    throw new DomainError('malformed', {
      detail: 'The body must be an object.',
      fields: [{ pointer: '', detail: 'must be an object' }],
    })
}

const hasBody = (headers: FastifyRequest['headers']) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const mediaTypeOf = (contentType = '') => contentType.split(';')[0]?.trim().toLowerCase() ?? ''

function validationError(errors: unknown): Error {
  return Object.assign(new Error('invalid'), { schemaErrors: errors })
}

function responseSchemas({ operation }: RouteOfDocument): Record<string, unknown> {
  const json = Object.entries(operation.responses).flatMap(([status, response]) => {
    const { 'application/json': json, ...others } = response.content ?? {}
    // what also comes as another media type is a file, which the handler has written
    return json === undefined || Object.keys(others).length > 0 ? [] : [[status, json.schema]]
  })
  return Object.fromEntries(json)
}

function requestOf(request: FastifyRequest) {
  const match = /^"(\d+)(?:-[\w-]+)?"$/.exec(request.headers['if-match'] ?? '')
  return {
    params: request.params,
    query: request.query,
    body: request.body ?? undefined,
    upload: request.body,
    uploadType: mediaTypeOf(request.headers['content-type']),
    encoding: request.headers['content-encoding'],
    accept: request.headers.accept ?? '*/*',
    // an If-Match that is not one of our ETags cannot match
    ifMatch:
      match?.[1] !== undefined
        ? Number(match[1])
        : request.headers['if-match'] === undefined || request.headers['if-match'] === '*'
          ? undefined
          : -1,
    authorization: request.headers.authorization,
    accessTokens: request.server.accessTokens,
  }
}

interface File {
  contentType: string
  content: NodeJS.ReadableStream | string
  fileName?: string
}

const isFile = (body: unknown): body is File =>
  typeof body === 'object' && body !== null && 'contentType' in body && 'content' in body

function send(request: FastifyRequest, reply: FastifyReply, answer: Answer<number, unknown>) {
  reply.code(answer.status).headers(answer.headers)
  const { body } = answer
  if (isFile(body)) {
    if (body.fileName !== undefined)
      reply.header('content-disposition', `attachment; filename="${body.fileName}"`)
    return reply
      .type(body.contentType)
      .serializer((content: unknown) => content as string)
      .send(body.content)
  }
  const nextCursor = (body as { nextCursor?: string | null } | undefined)?.nextCursor
  if (typeof nextCursor === 'string') {
    const next = new URL(request.url, 'http://local')
    next.searchParams.set('cursor', nextCursor)
    reply.header('link', `<${next.pathname}${next.search}>; rel="next"`)
  }
  return reply.send(body)
}
