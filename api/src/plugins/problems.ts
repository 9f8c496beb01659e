/** Turns every failure into an RFC 9457 problem. */
import { DomainError, type FieldProblem, uniqueViolation } from '@envoi/core'
import { type ErrorCode, type ErrorDefinition, errors } from '@envoi/openapi'
import type { ErrorObject } from 'ajv'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { meantErrors } from '../routes/meant-errors.ts'
import { fieldProblem } from '../routes/schema-compilers.ts'
import { asUnavailable } from './unavailable.ts'

interface ProblemBody {
  code: ErrorCode
  detail?: string
  fields?: FieldProblem[]
  retryAfter?: number
}

/** How Fastify's own errors are called in the contract. */
const byFastifyCode: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed',
  FST_ERR_BAD_URL: 'malformed',
}

/** For what fails before there is a route, such as a URL that cannot be decoded. */
export const answerFrameworkError =
  (apiUrl: string) => (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    reply.header('x-request-id', request.id)
    return sendProblem(apiUrl, request, reply, problemOf(error, request))
  }

const details: Partial<Record<ErrorCode, string>> = { malformed: 'The body is not valid JSON.' }

export function registerProblems(app: FastifyInstance, apiUrl: string): void {
  app.setErrorHandler((error, request, reply) =>
    sendProblem(apiUrl, request, reply, problemOf(error, request)),
  )
  app.setNotFoundHandler((request, reply) => sendProblem(apiUrl, request, reply, { code: 'not_found' }))
}

function problemOf(error: unknown, request: FastifyRequest): ProblemBody {
  if (error instanceof DomainError) return problemOfRefusal(error)
  const { code, statusCode, schemaErrors, validationContext } = error as {
    code?: string
    statusCode?: number
    schemaErrors?: ErrorObject[]
    validationContext?: string
  }
  if (schemaErrors !== undefined) {
    const prefix =
      validationContext === 'querystring' ? '/query' : validationContext === 'params' ? '/path' : ''
    const fields = meantErrors(schemaErrors)
      .filter(({ keyword }) => keyword !== 'if')
      .slice(0, 50)
      .map((schemaError) => fieldProblem(schemaError, prefix))
    // an id in the path that is not an id is nothing that could exist
    if (prefix === '/path') return { code: 'not_found' }
    return {
      code: 'malformed',
      detail: fields
        .map(({ pointer, detail }) => `${pointer || 'The body'} ${detail}.`)
        .slice(0, 3)
        .join(' '),
      fields,
    }
  }
  const known = code === undefined ? undefined : byFastifyCode[code]
  if (known !== undefined)
    return {
      code: known,
      detail: code === 'FST_ERR_BAD_URL' ? 'The URL is not well encoded.' : details[known],
    }
  if (uniqueViolation(error) !== undefined) return { code: 'conflict' }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return { code: 'malformed' }
  const unavailable = asUnavailable(error, request.log)
  if (unavailable !== undefined) return problemOfRefusal(unavailable)
  request.log.error({ err: error }, 'a request failed')
  return { code: 'internal' }
}

const problemOfRefusal = ({ code, detail, fields, retryAfter }: DomainError): ProblemBody => ({
  code,
  detail,
  fields,
  retryAfter,
})

/** Characters that `error_description` must not have (RFC 6749, section 5.2). */
const notInDescriptions = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g

export function sendProblem(
  apiUrl: string,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: ProblemBody,
) {
  const { title, status } = errors[problem.code]
  const isOAuth = request.routeOptions.config.operation?.oauth === true
  // of addresses that lead nowhere as well: they may hold a token or a person's address (a 404 may be cached: RFC 9110, section 15.1)
  reply.header('cache-control', 'no-store')
  if (isOAuth) reply.header('pragma', 'no-cache')
  if (status === 401) reply.header('www-authenticate', isOAuth ? 'Basic realm="envoi"' : 'Bearer')
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter))
  const body = {
    type: `${apiUrl}/problems/${problem.code}`,
    title,
    status,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    code: problem.code,
    instance: request.id,
    ...(problem.fields === undefined || problem.fields.length === 0 ? {} : { errors: problem.fields }),
  }
  reply.code(status).serializer((value: unknown) => JSON.stringify(value))
  if (!isOAuth || status > 401) return reply.type('application/problem+json').send(body)
  // RFC 6749, section 5.2; clients ignore the members that they do not know
  const { oauth: error = 'invalid_request' }: ErrorDefinition = errors[problem.code]
  const isAskedFor = request.headers.accept?.includes('application/problem+json') === true
  return reply
    .type(isAskedFor ? 'application/problem+json' : 'application/json')
    .send({ error, error_description: problem.detail?.replace(notInDescriptions, '?') ?? title, ...body })
}
