import { describe, expect, test } from 'vitest'
import { checkGrounds, checkGroundsKept, type Grounds } from './check-grounds.ts'

const grounds = (change: Partial<Grounds>): Grounds => ({
  legalBasis: 'consent',
  eprivacyGround: 'opt_in',
  assessment: null,
  doubleOptIn: false,
  channels: ['email'],
  ...change,
})
const check = (change: Partial<Grounds>) => () => checkGrounds(grounds(change))

describe('the law refuses', () => {
  test.each([
    ['prior consent by contract', { legalBasis: 'contract' }],
    ['prior consent by legitimate interests', { legalBasis: 'legitimate_interests', assessment: 'LIA-1' }],
    ['marketing to customers by contract', { eprivacyGround: 'soft_opt_in', legalBasis: 'contract' }],
    ['marketing by legal obligation', { eprivacyGround: 'soft_opt_in', legalBasis: 'legal_obligation' }],
    [
      'marketing to professionals by public task',
      { eprivacyGround: 'b2b_professional', legalBasis: 'public_task' },
    ],
    ['marketing by vital interest', { eprivacyGround: 'soft_opt_in', legalBasis: 'vital_interests' }],
  ] as const)('%s, naming the article', (_, change) => {
    expect(check(change)).toThrow(
      expect.objectContaining({
        code: 'instruction_may_infringe',
        detail: expect.stringMatching(/art\. \d+/),
        fields: [expect.objectContaining({ pointer: '/legalBasis' })],
      }),
    )
  })

  test('to move people who consented to a weaker ground', () => {
    const before = grounds({})
    const infringes = expect.objectContaining({ code: 'instruction_may_infringe' })
    const soft = grounds({
      legalBasis: 'legitimate_interests',
      assessment: 'LIA-1',
      eprivacyGround: 'soft_opt_in',
    })
    expect(() => checkGroundsKept(before, soft)).toThrow(infringes)
    expect(() => checkGroundsKept(before, grounds({ eprivacyGround: 'soft_opt_in' }))).toThrow(infringes)
    expect(() => checkGroundsKept(soft, before)).not.toThrow()
  })
})

describe('a rule refuses', () => {
  test.each([
    ['/assessment', { legalBasis: 'legitimate_interests', eprivacyGround: 'soft_opt_in' }],
    ['/assessment', { legalBasis: 'legitimate_interests', eprivacyGround: 'soft_opt_in', assessment: '' }],
    ['/doubleOptIn', { doubleOptIn: true, channels: ['sms'] }],
    ['/doubleOptIn', { doubleOptIn: true, legalBasis: 'contract', eprivacyGround: 'non_marketing' }],
  ] as const)('at %s, %o', (pointer, change) => {
    const problem = { code: 'invalid', fields: [expect.objectContaining({ pointer })] }
    expect(
      check({ ...change, channels: [...('channels' in change ? change.channels : (['email'] as const))] }),
    ).toThrow(expect.objectContaining(problem))
  })
})

test.each([
  {},
  { doubleOptIn: true },
  { eprivacyGround: 'soft_opt_in', legalBasis: 'legitimate_interests', assessment: 'LIA-1' },
  { eprivacyGround: 'b2b_professional', legalBasis: 'consent' },
  { eprivacyGround: 'non_marketing', legalBasis: 'contract' },
  { eprivacyGround: 'non_marketing', legalBasis: 'legal_obligation' },
] as const)('%o is lawful', (change) => {
  expect(check(change)).not.toThrow()
})
