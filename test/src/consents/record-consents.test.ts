import { type Context, transaction } from '@envoi/core'
import { listConsents } from '@envoi/core/consents/read-consents'
import { recordConsents } from '@envoi/core/consents/record-consents'
import { lockContacts } from '@envoi/core/consents/record-consents.sql'
import { verifyContactLedger, verifyLedger } from '@envoi/core/consents/verify-ledger'
import { Prisma } from '@envoi/prisma'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { addContact, addPurpose, openContext, say } from './support.ts'

let platform: TestPlatform
let context: Context
let ada: string

beforeAll(async () => {
  platform = await createTestPlatform()
})
afterAll(() => platform.close())
beforeEach(async () => {
  context = await openContext(platform)
  await addPurpose(context)
  ada = await addContact(context)
})

const hours = (count: number) => new Date(platform.clock.now().getTime() + count * 3_600_000).toISOString()
const states = async (contactId = ada) =>
  (await listConsents(context, contactId, {})).data.map(({ purposeKey, channel, state }) => [
    purposeKey,
    channel,
    state,
  ])
const lineCount = async () => (await verifyLedger(context)).lines

describe('what is said becomes the state', () => {
  test.each([
    [['granted'], 'granted'],
    [['refused'], 'refused'],
    [['withdrawn'], 'withdrawn'],
    [['granted', 'withdrawn'], 'withdrawn'],
    [['granted', 'refused'], 'refused'],
    [['refused', 'granted'], 'granted'],
    [['granted', 'withdrawn', 'granted'], 'granted'],
  ] as const)('%j makes it %s', async (said, state) => {
    for (const one of said) await say(context, ada, one)
    expect(await states()).toEqual([['newsletter', 'email', state]])
    expect(await lineCount()).toBe(said.length)
  })
})

describe('with double opt-in', () => {
  beforeEach(async () => {
    await addPurpose(context, { key: 'offers', doubleOptIn: true })
  })
  const offers = { purpose: 'offers' } as const

  test('a yes by email waits for its confirmation', async () => {
    expect(await say(context, ada, 'granted', offers)).toMatchObject({ state: 'pending' })
  })

  test('a yes by SMS does not', async () => {
    expect(await say(context, ada, 'granted', { ...offers, channel: 'sms' })).toMatchObject({
      state: 'granted',
    })
  })

  test('a proof that is a confirmed double opt-in is enough', async () => {
    const evidence = { source: 'Double opt-in (Mailchimp)' }
    expect(await say(context, ada, 'granted', { ...offers, evidence })).toMatchObject({ state: 'granted' })
  })

  test('who is in already is not put back to waiting by another form', async () => {
    await say(context, ada, 'granted', { ...offers, evidence: { source: 'double opt-in' } })
    platform.clock.advance(1000)
    expect(await say(context, ada, 'granted', offers)).toMatchObject({ state: 'granted' })
  })

  test('who has left and says yes again confirms again', async () => {
    await say(context, ada, 'granted', { ...offers, evidence: { source: 'double opt-in' } })
    await say(context, ada, 'withdrawn', offers)
    expect(await say(context, ada, 'granted', offers)).toMatchObject({ state: 'pending' })
  })
})

test('an older consent does not undo a no', async () => {
  await say(context, ada, 'withdrawn')
  const stale = say(context, ada, 'granted', { evidence: { collectedAt: hours(-1) } })
  await expect(stale).rejects.toMatchObject({
    code: 'invalid',
    fields: [{ pointer: '/evidence/collectedAt' }],
  })
  expect(await states()).toEqual([['newsletter', 'email', 'withdrawn']])
})

test('a withdrawal is accepted however late it is told, and for a channel no longer used', async () => {
  await addPurpose(context, { key: 'mail-only', channels: ['email'] })
  await say(context, ada, 'granted')
  await say(context, ada, 'withdrawn', { evidence: { collectedAt: hours(-24) } })
  await say(context, ada, 'withdrawn', { purpose: 'mail-only', channel: 'sms' })
  expect(await states()).toEqual([
    ['mail-only', 'sms', 'withdrawn'],
    ['newsletter', 'email', 'withdrawn'],
  ])
})

test('the same proof, or a second withdrawal, adds nothing', async () => {
  const evidence = { collectedAt: hours(-1) }
  await say(context, ada, 'granted', { evidence })
  await say(context, ada, 'granted', { evidence })
  expect(await lineCount()).toBe(1)
  await say(context, ada, 'withdrawn')
  platform.clock.advance(1000)
  await say(context, ada, 'withdrawn')
  expect(await lineCount()).toBe(2)
})

test('a fresher proof of the same consent is kept', async () => {
  await say(context, ada, 'granted', { evidence: { collectedAt: hours(-2) } })
  await say(context, ada, 'granted', { evidence: { collectedAt: hours(-1) } })
  expect(await lineCount()).toBe(2)
})

describe('a proof is refused', () => {
  test.each([
    ['/evidence/collectedAt', { collectedAt: '2999-01-01T00:00:00Z' }],
    ['/evidence/text', { text: undefined }],
    ['/evidence/textVersion', { textVersion: undefined }],
    ['/evidence/ip', { ip: '999.0.0.1' }],
    ['/evidence/url', { url: 'javascript:alert(1)' }],
  ])('for its %s', async (pointer, evidence) => {
    await expect(say(context, ada, 'granted', { evidence })).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ pointer }],
    })
    expect(await lineCount()).toBe(0)
  })

  test('for a purpose or a channel that does not exist', async () => {
    await addPurpose(context, { key: 'mail-only', channels: ['email'] })
    const fields = (pointer: string) => ({ code: 'invalid', fields: [{ pointer }] })
    await expect(say(context, ada, 'granted', { purpose: 'no-such' })).rejects.toMatchObject(
      fields('/purpose'),
    )
    const bySms = say(context, ada, 'granted', { purpose: 'mail-only', channel: 'sms' })
    await expect(bySms).rejects.toMatchObject(fields('/channel'))
    await expect(say(context, context.newId(), 'granted')).rejects.toMatchObject({ code: 'not_found' })
  })
})

/** One consent for many contacts, as an import records it. */
const recordForAll = (contactIds: string[], collectedAt = hours(-1)) =>
  transaction(context, async (tx) => {
    const purpose = await tx.db.purpose.findFirstOrThrow({ where: { ...tx.scope, key: 'newsletter' } })
    await tx.db.$queryRaw(lockContacts(tx, contactIds))
    const rows = Prisma.sql`
      select contact_id, ${purpose.id}::uuid as purpose_id, 'email'::channel as channel, 'granted'::consent_state as state,
        'shop' as source, ${collectedAt}::timestamptz as collected_at, 'I agree.' as wording, '1' as text_version,
        null::text as ip, null::text as url, false as names_address
      from unnest(${contactIds}::uuid[]) as contact_id`
    return recordConsents(tx, rows)
  })

test('one statement records for many, and the same file again adds nothing', async () => {
  const everyone = [ada, ...(await Promise.all(Array.from({ length: 49 }, () => addContact(context))))]
  const gone = everyone[7] as string
  await say(context, gone, 'withdrawn')
  const collectedAt = hours(-1)
  expect(await recordForAll(everyone, collectedAt)).toEqual({
    recorded: 49,
    unchanged: 0,
    outdated: 1,
    outdatedContacts: [gone],
    asked: 0,
  })
  expect(await recordForAll(everyone, collectedAt)).toEqual({
    recorded: 0,
    unchanged: 49,
    outdated: 1,
    outdatedContacts: [gone],
    asked: 0,
  })
  expect(await verifyLedger(context)).toMatchObject({ lines: 50, contacts: 50, firstBreak: null })
  expect(await states(gone)).toEqual([['newsletter', 'email', 'withdrawn']])
})

test('many writers on one chain take turns: no line is lost, none forks', async () => {
  const writers = Array.from({ length: 20 }, (_, index) =>
    index % 4 === 0
      ? recordForAll([ada], hours(-100 + index))
      : say(context, ada, index % 2 === 0 ? 'granted' : 'withdrawn', {
          channel: index % 3 === 0 ? 'sms' : 'email',
        }),
  )
  const done = await Promise.allSettled(writers)
  const refused = done.filter((one) => one.status === 'rejected')
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'invalid' })
  const verdict = await verifyContactLedger(context, ada)
  expect(verdict.firstBreak).toBeNull()
  expect(verdict.lines).toBeGreaterThan(1)
})

test('every record leaves an audit event that says what changed, not what was said', async () => {
  await say(context, ada, 'granted')
  await say(context, ada, 'granted', { evidence: { collectedAt: hours(-1) } })
  const events = await context.db.auditEvent.findMany({
    where: { ...context.scope, targetId: ada },
    orderBy: { id: 'asc' },
  })
  expect(events.map(({ changed }) => changed)).toEqual([['consents.newsletter.email'], []])
})
