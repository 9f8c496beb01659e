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
  expect(validate(rule)).toBe(false)
  return meantErrors(validate.errors ?? []).map((error) => fieldProblem(error, ''))
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
