import type { Context } from '@envoi/core'
import { ground } from '@envoi/core/consents/ground.sql'
import type { NewPurpose } from '@envoi/core/purposes/create-purpose'
import { Prisma } from '@envoi/prisma'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { addContact, addPurpose, openContext, say } from './support.ts'

let platform: TestPlatform
let context: Context

beforeAll(async () => {
  platform = await createTestPlatform()
})
afterAll(() => platform.close())
beforeEach(async () => {
  context = await openContext(platform)
})

/** Why each of these contacts may not get a message of this purpose. */
async function reasons(
  contactIds: string[],
  key = 'newsletter',
  channel = 'email',
): Promise<(string | null)[]> {
  const purpose = await context.db.purpose.findFirstOrThrow({ where: { ...context.scope, key } })
  const { from, reason } = ground({
    contact: Prisma.sql`person`,
    purposeId: Prisma.sql`${purpose.id}::uuid`,
    channel: Prisma.sql`${channel}::channel`,
  })
  const rows = await context.db.$queryRaw<{ id: string; reason: string | null }[]>`
    select person.id, ${reason} as reason from contact as person ${from}
    where person.account_id = ${context.accountId}::uuid and person.id = any(${contactIds}::uuid[])`
  return contactIds.map((id) => rows.find((row) => row.id === id)?.reason ?? null)
}
const reasonOf = async (contactId: string, key?: string, channel?: string) =>
  (await reasons([contactId], key, channel))[0]

const suppress = (value: string, reason: string, purposeKey = '', channel: 'email' | 'sms' = 'email') =>
  context.db.suppression.create({
    data: {
      ...context.scope,
      id: context.newId(),
      channel,
      value,
      fingerprint: new Uint8Array(Buffer.from(`${value} ${purposeKey}`)),
      reason,
      purposeKey,
      createdAt: context.clock.now(),
    },
  })

const grounds = {
  opt_in: { legalBasis: 'consent', eprivacyGround: 'opt_in' },
  soft_opt_in: { legalBasis: 'legitimate_interests', assessment: 'LIA-1', eprivacyGround: 'soft_opt_in' },
  b2b: { legalBasis: 'legitimate_interests', assessment: 'LIA-1', eprivacyGround: 'b2b_professional' },
  invoices: { legalBasis: 'contract', eprivacyGround: 'non_marketing' },
  surveys: { legalBasis: 'legitimate_interests', assessment: 'LIA-1', eprivacyGround: 'non_marketing' },
  reminders: { legalBasis: 'consent', eprivacyGround: 'non_marketing' },
} satisfies Record<string, Partial<NewPurpose>>

describe.each([
  ['opt_in', ['consent_missing', null, 'consent_withdrawn', 'consent_refused']],
  ['soft_opt_in', [null, null, 'consent_withdrawn', 'consent_refused']],
  ['b2b', [null, null, 'consent_withdrawn', 'consent_refused']],
  ['invoices', [null, null, null, null]],
  ['surveys', [null, null, 'consent_withdrawn', 'consent_refused']],
  ['reminders', ['consent_missing', null, 'consent_withdrawn', 'consent_refused']],
] as const)('the ground %s', (name, expected) => {
  test(`gives ${JSON.stringify(expected)} for nothing said, yes, withdrawn, no`, async () => {
    await addPurpose(context, { key: name, ...grounds[name] })
    const people = await Promise.all([1, 2, 3, 4].map(() => addContact(context)))
    const [, yes, left, no] = people as [string, string, string, string]
    await say(context, yes, 'granted', { purpose: name })
    await say(context, left, 'withdrawn', { purpose: name })
    await say(context, no, 'refused', { purpose: name })
    expect(await reasons(people, name)).toEqual(expected)
  })
})

test('a consent that waits for its confirmation is no consent', async () => {
  await addPurpose(context, { doubleOptIn: true })
  const ada = await addContact(context)
  await say(context, ada, 'granted')
  expect(await reasonOf(ada)).toBe('consent_pending')
})

test('a consent counts for its own purpose and channel only', async () => {
  await addPurpose(context)
  await addPurpose(context, { key: 'offers' })
  const ada = await addContact(context, { phone: '+33612345678' })
  await say(context, ada, 'granted')
  expect(await reasonOf(ada)).toBeNull()
  expect(await reasonOf(ada, 'newsletter', 'sms')).toBe('consent_missing')
  expect(await reasonOf(ada, 'offers')).toBe('consent_missing')
})

test('without an address for the channel there is no message', async () => {
  await addPurpose(context)
  const ada = await addContact(context)
  expect(await reasonOf(ada, 'newsletter', 'sms')).toBe('no_address')
})

test('restriction stops everything, even what the contract commands', async () => {
  await addPurpose(context, { key: 'invoices', ...grounds.invoices })
  const ada = await addContact(context, { restrictedAt: new Date() })
  expect(await reasonOf(ada, 'invoices')).toBe('restricted')
})

test('an objection to marketing stops marketing, and nothing else', async () => {
  await addPurpose(context, { key: 'soft', ...grounds.soft_opt_in })
  await addPurpose(context, { key: 'invoices', ...grounds.invoices })
  const ada = await addContact(context, { objections: ['marketing'] })
  const bob = await addContact(context, { objections: ['profiling'] })
  expect(await reasons([ada, bob], 'soft')).toEqual(['objection', null])
  expect(await reasonOf(ada, 'invoices')).toBeNull()
})

test('an address that bounced hard gets nothing by email, and may by SMS', async () => {
  await addPurpose(context, { key: 'soft', ...grounds.soft_opt_in })
  const ada = await addContact(context, { phone: '+33612345678', undeliverableAt: new Date() })
  expect(await reasonOf(ada, 'soft')).toBe('undeliverable')
  expect(await reasonOf(ada, 'soft', 'sms')).toBeNull()
})

describe('a suppression', () => {
  beforeEach(async () => {
    await addPurpose(context, { key: 'soft', ...grounds.soft_opt_in })
    await addPurpose(context, { key: 'b2b', ...grounds.b2b })
    await addPurpose(context, { key: 'invoices', ...grounds.invoices })
  })

  test.each([
    ['manual', '', ['suppressed', 'suppressed', 'suppressed']],
    ['hard_bounce', '', ['suppressed', 'suppressed', 'suppressed']],
    ['unsubscribe', '', ['suppressed', 'suppressed', null]],
    ['complaint', '', ['suppressed', 'suppressed', null]],
    ['unsubscribe', 'soft', ['suppressed', null, null]],
    ['complaint', 'invoices', [null, null, 'suppressed']],
  ])('for %s of purpose %j gives %j', async (reason, purposeKey, expected) => {
    const ada = await addContact(context, { email: 'ada@example.com' })
    await suppress('ada@example.com', reason, purposeKey)
    const given = [await reasonOf(ada, 'soft'), await reasonOf(ada, 'b2b'), await reasonOf(ada, 'invoices')]
    expect(given).toEqual(expected)
  })

  test('is of one channel and of one account', async () => {
    const ada = await addContact(context, { email: 'ada@example.com', phone: '+33612345678' })
    await suppress('+33612345678', 'manual', '', 'sms')
    expect(await reasonOf(ada, 'soft')).toBeNull()
    expect(await reasonOf(ada, 'soft', 'sms')).toBe('suppressed')
    context = await openContext(platform)
    await addPurpose(context, { key: 'soft', ...grounds.soft_opt_in })
    const same = await addContact(context, { email: 'ada@example.com', phone: '+33612345678' })
    expect(await reasonOf(same, 'soft', 'sms')).toBeNull()
  })
})

test('a withdrawal is felt by the very next statement', async () => {
  await addPurpose(context)
  const ada = await addContact(context)
  await say(context, ada, 'granted')
  expect(await reasonOf(ada)).toBeNull()
  await say(context, ada, 'withdrawn')
  expect(await reasonOf(ada)).toBe('consent_withdrawn')
})

test('it costs a few index probes per contact, whatever the statistics say', async () => {
  await addPurpose(context)
  const purpose = await context.db.purpose.findFirstOrThrow({ where: context.scope })
  const { from, reason } = ground({
    contact: Prisma.sql`contact`,
    purposeId: Prisma.sql`${purpose.id}::uuid`,
    channel: Prisma.sql`'email'::channel`,
  })
  const plan = await context.db.$queryRaw<{ 'QUERY PLAN': string }[]>`
    explain select contact.id, ${reason} from contact ${from}
    where contact.account_id = ${context.accountId}::uuid and contact.id > ${context.newId()}::uuid limit 5000`
  const text = plan.map((line) => line['QUERY PLAN']).join('\n')
  expect(text).toContain('consent_pkey')
  expect(text).toContain('suppression_account_id_value_idx')
  expect(text).not.toContain('Seq Scan')
})
