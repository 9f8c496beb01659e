import { DomainError, type FieldProblem } from '@envoi/core'
import type { FastifyInstance } from 'fastify'

/**
 * PostgreSQL stores no NUL, and UTF-8 has no half of a surrogate pair. No text of ours needs either, so they are refused at the
 * door rather than by every field.
 */
export function registerUnstorableText(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.operation === undefined) return
    refuse([...unstorable(request.params, '/path'), ...unstorable(request.query, '/query')])
  })
}

/** What of parsed JSON cannot be stored. `json`: its source, which tells at a glance for nearly all. */
export function refuseUnstorable(value: unknown, json: string): void {
  // neither stands in a JSON text but as an escape
  if (/\\u(?:0000|d[89a-f])/i.test(json)) refuse(unstorable(value, ''))
}

function refuse(fields: FieldProblem[]): void {
  const [first] = fields
  if (first === undefined) return
  const detail = `${first.pointer || 'The body'} ${first.detail}.`
  throw new DomainError('malformed', { detail, fields: fields.slice(0, 50) })
}

const isUnstorable = (text: string) => /\0|\p{Cs}/u.test(text)
const storable = (text: string) => text.replaceAll(/\0|\p{Cs}/gu, '\ufffd')
const escapePointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

function unstorable(value: unknown, pointer: string): FieldProblem[] {
  if (typeof value === 'string')
    return isUnstorable(value) ? [{ pointer, detail: 'must not hold NUL or half of a surrogate pair' }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${pointer}/${escapePointer(storable(key))}`
    if (isUnstorable(key)) return [{ pointer: at, detail: 'must not hold NUL in its name' }]
    return unstorable(inner, at)
  })
}
