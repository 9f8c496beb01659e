import { DomainError } from '@envoi/core'
import type { FastifyInstance } from 'fastify'
import { refuseUnstorable } from './unstorable-text.ts'

/**
 * Levels of objects and arrays in a body. Everything that walks a value (validation of a schema that refers to itself,
 * serialisation) uses the stack: some 800 levels, in 6 kB of JSON, would exhaust it.
 */
const maxDepth = 64

/** Takes bodies of JSON, and of merge patches (RFC 7396), that are not nested beyond reason. */
export function registerJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<string>(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (depthOf(body) > maxDepth)
        return done(
          new DomainError('malformed', { detail: `The body is nested deeper than ${maxDepth} levels.` }),
        )
      parse(request, body, (error, value) => {
        if (error !== null) return done(error)
        try {
          refuseUnstorable(value, body)
          done(null, value)
        } catch (refusal) {
          done(refusal as Error)
        }
      })
    },
  )
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
