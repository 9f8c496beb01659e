import { describe, expect, test } from 'vitest'
import { costOf } from '../testing/processor-time.ts'
import { mentions } from './mentions.ts'

const ada = {
  email: 'ada.lovelace@xn--exmple-cua.com',
  phone: '+33612345678',
  externalId: 'CRM-1',
  firstName: 'Zoé Ada',
  lastName: 'Lovelace',
}
const nobody = { email: null, phone: null, externalId: null, firstName: null, lastName: null }
const find = mentions([nobody, ada, { ...nobody, email: 'b@example.com' }])

describe('a person is found by', () => {
  for (const text of [
    'ada.lovelace@xn--exmple-cua.com',
    'x;ADA.Lovelace@EXÄMPLE.com;y',
    '"mailto:ada.lovelace@exämple.com",1',
    '<ada.lovelace@exämple.com>.',
    'email=ada.lovelace@exämple.com.',
    '06 12 34 56 78',
    '+33 (0)6.12.34.56.78',
    '0033612345678;x',
    'tel:+33-6-12-34-56-78',
    'a,crm-1,b',
    'LOVELACE;zoe ada',
    'Dear Zoe-Ada Lovelace,',
    'x;ada.lovelace%40xn--exmple-cua.com;y',
    'ada.lovelace [at] exämple.com',
    'ada.lovelace&#64;exämple.com',
    'ada.lovelaceATexämple.com',
    'ada.lovelace\\40 exämple.com',
    '1234567890123456 1234567890123456 06 12 34 56 78 1234567890123456',
    '٠٦ ١٢ ٣٤ ٥٦ ٧٨',
    'ada.lovelace＠exämple.com',
    'Lovelace, Zoé Ada B.',
  ])
    test(text, () => expect(find(text)).toEqual([1]))
})

describe('nobody is found in', () => {
  for (const text of [
    '',
    'lovelace@xn--exmple-cua.com',
    'ada.lovelace@example.com',
    '06 12 34 56 79',
    'Ada Byron',
    'Lovelace',
    'crm-11',
    '@',
    '1234567',
  ])
    test(JSON.stringify(text), () => expect(find(text)).toEqual([]))
})

test('hostile text costs no more than its length', { timeout: 60_000 }, () => {
  const cost = (part: string, length: number) => costOf(() => find(part.repeat(length / part.length)))
  // eight times the length: sixty-four times the cost, were it quadratic
  for (const part of ['a', '@', '1 ', 'a@', '1'])
    expect(cost(part, 80_000), part).toBeLessThan(30 * cost(part, 10_000) + 300)
})
