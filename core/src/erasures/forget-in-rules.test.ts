import { expect, test } from 'vitest'
import { without } from './forget-in-rules.ts'

const ada = {
  email: 'ada@example.com',
  phone: '+33612345678',
  externalId: 'crm-1',
  firstName: 'Ada',
  lastName: 'Lovelace',
}

test.each([
  ['ada@example.com', 'erased@erased.invalid'],
  ['Write to ADA@Example.com.', 'Write to erased@erased.invalid.'],
  ['<a href="mailto:ada@example.com">', '<a href="mailto:erased@erased.invalid">'],
  ['nada@example.com', 'nada@example.com'],
  ['ada@example.com.fr', 'ada@example.com.fr'],
])('%s becomes %s', (text, expected) => {
  expect(without({ all: [{ value: [text, 7, null] }] }, [ada])).toEqual({
    all: [{ value: [expected, 7, null] }],
  })
})

test.each([
  ['phone', '+33 6 12 34 56 78', '+33600000000'],
  ['externalId', 'CRM-1', 'erased'],
  ['attributes.note', 'CRM-1', 'CRM-1'],
])('in a condition on %s, %s becomes %s', (field, value, expected) => {
  const rule = { any: [{ field, op: 'in', value: [value, 'other'] }] }
  expect(without(rule, [ada])).toEqual({ any: [{ field, op: 'in', value: [expected, 'other'] }] })
})
