import { DomainError, type FieldProblem } from '@envoi/core'
import type { FastifyInstance } from 'fastify'
import { refuseUnstorable, undecodedTexts } from './unstorable-text.ts'
import { decodeUtf8, requireUtf8 } from './utf8.ts'

/**
 * Levels of objects and arrays in a body. Everything that walks a value (validation of a schema that refers to itself,
 * serialisation) uses the stack: some 800 levels, in 6 kB of JSON, would exhaust it.
 */
const maxDepth = 64

/** Takes bodies of JSON, and of merge patches (RFC 7396), that are UTF-8 and not nested beyond reason. */
export function registerJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<Buffer>(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, bytes, done) => {
      try {
        const body = textOf(bytes, request.headers['content-type'])
        parse(request, body, (error, value) => {
          try {
            if (error === null) refuseUnstorable(value, body)
            done(error, value)
          } catch (refusal) {
            done(refusal as Error)
          }
        })
      } catch (refusal) {
        done(refusal as Error)
      }
    },
  )
}

function textOf(bytes: Buffer, contentType: string | undefined): string {
  requireUtf8(contentType)
  const decoded = decodeUtf8(bytes)
  const body = decoded ?? bytes.toString('utf8')
  if (depthOf(body) > maxDepth)
    throw new DomainError('malformed', { detail: `The body is nested deeper than ${maxDepth} levels.` })
  if (decoded === null)
    throw new DomainError('malformed', { detail: 'The body is not UTF-8.', fields: undecodedIn(body) })
  return decoded
}

function undecodedIn(json: string): FieldProblem[] {
  try {
    return undecodedTexts(JSON.parse(json))
  } catch {
    return []
  }
}

function depthOf(json: string): number {
  let deepest = 0
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '"':
        for (at++; at < json.length && json[at] !== '"'; at++) if (json[at] === '\\') at++
        break
      case '{':
      case '[':
        deepest = Math.max(deepest, ++depth)
        break
      case '}':
      case ']':
        depth--
    }
  }
  return deepest
}
