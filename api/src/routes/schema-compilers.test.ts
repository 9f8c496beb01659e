import { expect, test } from 'vitest'
import { contractDocument, type OpenApiDocument } from './document.ts'
import { isTimestamp, schemaCompilers } from './schema-compilers.ts'

test('a timestamp is an instant of the calendar that every part of the platform can read', () => {
  const taken = [
    '2026-11-23T09:30:00Z',
    '2026-11-23t09:30:00.123456z',
    '2024-02-29T00:00:00+14:00',
    '0001-01-01T00:00:00Z',
  ]
  const refused = [
    '2016-12-31T23:59:60Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '2026-02-30T09:30:00Z',
    '2026-13-01T09:30:00Z',
    '2026-11-23T24:00:01Z',
    '2026-11-23T09:30:00',
    '2026-11-23',
    'yesterday',
  ]
  expect([...taken, ...refused].filter(isTimestamp)).toEqual(taken)
})

test('servers of one process share what is compiled from their document, and not with another document', () => {
  const document = contractDocument()
  expect(contractDocument()).toBe(document)
  expect(schemaCompilers(document)).toBe(schemaCompilers(document))
  const other: OpenApiDocument = { ...document }
  expect(schemaCompilers(other)).not.toBe(schemaCompilers(document))
})

test('a schema that two operations have is judged for each as if it had its own', () => {
  const { validate } = schemaCompilers(contractDocument())
  const schema = () => ({ type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] })
  const [one, other] = [validate(schema(), 'body'), validate(schema(), 'body')]
  const errors = one({ n: 'x' })
  expect(other({ n: 1 })).toBeNull()
  expect(errors).toMatchObject([{ instancePath: '/n', keyword: 'type' }])
  // a body is taken as it is, a parameter read from its text
  expect(one({ n: '1' })).toHaveLength(1)
  expect(validate(schema(), 'parameters')({ n: '1' })).toBeNull()
})
