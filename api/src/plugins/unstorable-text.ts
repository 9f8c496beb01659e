import { DomainError, type FieldProblem } from '@envoi/core'
import type { FastifyInstance } from 'fastify'
import { requireUtf8 } from './utf8.ts'

/**
 * PostgreSQL stores no NUL, and UTF-8 has no half of a surrogate pair. No text of ours needs either, so they are refused at the
 * door rather than by every field.
 */
export function registerUnstorableText(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.operation === undefined) return
    refuse([...unstorable(request.params, '/path'), ...unstorable(request.query, '/query')])
    // bodies of JSON are looked at where they are parsed
    if (/^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '')) {
      requireUtf8(request.headers['content-type'])
      refuse([...unstorable(request.body, ''), ...undecodedTexts(request.body)])
    }
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

/** Where the bytes were no UTF-8, and U+FFFD stands for them now. */
export const undecodedTexts = (value: unknown): FieldProblem[] =>
  textsThat(value, '', (text) => text.includes('\ufffd'), 'must be UTF-8').slice(0, 50)

const unstorable = (value: unknown, pointer: string) =>
  textsThat(value, pointer, isUnstorable, 'must not hold NUL or half of a surrogate pair')

const isUnstorable = (text: string) => /\0|\p{Cs}/u.test(text)
const storable = (text: string) => text.replaceAll(/\0|\p{Cs}/gu, '\ufffd')
const escapePointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

function textsThat(
  value: unknown,
  pointer: string,
  isWrong: (text: string) => boolean,
  detail: string,
): FieldProblem[] {
  if (typeof value === 'string') return isWrong(value) ? [{ pointer, detail }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${pointer}/${escapePointer(storable(key))}`
    if (isWrong(key)) return [{ pointer: at, detail: `${detail} in its name` }]
    return textsThat(inner, at, isWrong, detail)
  })
}
