import { buildDocument, operation, resource, SegmentRule } from '@envoi/openapi'
import { expect, test } from 'vitest'
import type { OpenApiDocument } from './document.ts'
import { meantErrors } from './meant-errors.ts'
import { fieldProblem, schemaCompilers } from './schema-compilers.ts'

const create = operation({
  method: 'POST',
  path: '/v1/rules',
  summary: '',
  description: '',
  access: 'public',
  body: SegmentRule,
  responses: { 204: null },
})
const document = buildDocument({ rules: resource('rules', { title: '', description: '' }, { create }) })
const validate = schemaCompilers(document as unknown as OpenApiDocument).validate(
  { $ref: 'envoi#/components/schemas/SegmentRule' },
  'body',
)

function problems(rule: unknown) {
  return meantErrors(validate(rule) ?? []).map((error) => fieldProblem(error, ''))
}

test('what is wrong in one of many alternatives is told alone, where it is', () => {
  expect(problems({ all: [{ field: 'email', op: 'exist' }] })).toEqual([
    { pointer: '/all/0/op', detail: expect.stringContaining('must be one of eq, ne') },
  ])
  expect(problems({ not: { field: 'email' } })).toEqual([{ pointer: '/not/op', detail: 'is required' }])
  expect(problems({ any: [{ list: '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d', oops: 1 }] })).toEqual([
    { pointer: '/any/0/oops', detail: 'is not a known field' },
  ])
  expect(problems({ all: [{ event: { type: 'message.opened', count: {} } }] })).toEqual([
    { pointer: '/all/0/event/count/gte', detail: 'is required' },
  ])
  expect(problems({ any: [{ not: { oops: 1 } }] })).toEqual([
    { pointer: '/any/0/not', detail: 'is none of the forms allowed' },
  ])
  expect(problems({})).toEqual([{ pointer: '', detail: 'is none of the forms allowed' }])
})

test('of a value too large to tell all that is wrong with it the first is told, soon', () => {
  const started = performance.now()
  const many = problems({ all: Array.from({ length: 350_000 }, () => ({})) })
  expect(many).toEqual([{ pointer: '/all', detail: 'must NOT have more than 100 items' }])
  const deep = Array.from({ length: 8 }, () => null).reduce<unknown>(
    (rule) => ({ any: Array(50).fill(rule) }),
    {},
  )
  expect(problems(deep)).toHaveLength(1)
  // half a second on a machine with nothing else to do
  expect(performance.now() - started).toBeLessThan(20_000)
})
