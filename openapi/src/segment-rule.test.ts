import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { buildDocument } from './document.ts'
import { operation, resource } from './operation.ts'
import { SegmentRule } from './segment-rule.ts'

const id = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'

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

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
const accepts = ajv
  .addSchema(document, 'contract')
  .compile({ $ref: 'contract#/components/schemas/SegmentRule' })

test('the examples of the contract are rules', () => {
  for (const example of SegmentRule.examples) expect(accepts(example)).toBe(true)
})

describe('a rule', () => {
  test.each([
    { field: 'email', op: 'exists' },
    { field: 'attributes.score', op: 'gte', value: 3 },
    { field: 'origin.source', op: 'in', value: ['form', 'fair'] },
    { consent: { purpose: 'newsletter', channel: 'sms', state: 'withdrawn' } },
    { event: { type: 'message.clicked', campaign: id, link: 0, within: 'P1Y2M3W4DT5H', count: { gte: 2 } } },
    { list: id },
    { not: { any: [{ segment: id }, { all: [{ list: id }] }] } },
  ])('can be %j', (rule) => {
    expect(accepts(rule)).toBe(true)
  })

  test.each([
    {},
    [],
    { all: [] },
    { any: [{}] },
    { not: [] },
    { all: [{ list: id }], any: [{ list: id }] },
    { list: id, segment: id },
    { list: 'customers' },
    { field: 'password', op: 'eq', value: 'x' },
    { field: 'attributes.a b', op: 'eq', value: 'x' },
    { field: 'email', op: 'matches', value: 'x' },
    { field: 'email', op: 'in', value: [] },
    { field: 'email', op: 'eq', value: { $gt: '' } },
    { consent: { purpose: 'newsletter', channel: 'email' } },
    { event: { type: 'message.opened', within: 'P' } },
    { event: { type: 'message.opened', within: '30 days' } },
    { event: { type: 'message.opened', count: { gte: 0 } } },
  ])('cannot be %j', (rule) => {
    expect(accepts(rule)).toBe(false)
  })
})

test('in the document a rule refers to itself', () => {
  const not = { properties: { not: { $ref: '#/components/schemas/SegmentRule' } } }
  expect(document).toMatchObject({
    components: {
      schemas: { SegmentRule: { anyOf: expect.arrayContaining([expect.objectContaining(not)]) } },
    },
  })
})
