import { createHash } from 'node:crypto'
import type { Context } from '@envoi/core'
import { readLedger } from '@envoi/core/consents/read-ledger'
import { verifyContactLedger, verifyLedger } from '@envoi/core/consents/verify-ledger'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { addContact, addPurpose, openContext, say } from './support.ts'

let platform: TestPlatform
let context: Context
let ada: string
let bob: string

beforeAll(async () => {
  platform = await createTestPlatform()
})
afterAll(() => platform.close())

/** Ada has three lines (newsletter by email twice, by SMS once), Bob one. */
beforeEach(async () => {
  context = await openContext(platform)
  await addPurpose(context)
  ada = await addContact(context)
  bob = await addContact(context)
  await say(context, ada, 'granted')
  await say(context, ada, 'granted', { channel: 'sms' })
  await say(context, ada, 'withdrawn')
  await say(context, bob, 'granted')
})

/** What somebody with all rights on the database could do. */
async function tamper(work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const client = await platform.direct.connect()
  try {
    await client.query('begin')
    await client.query('set local session_replication_role = replica')
    await work(client)
    await client.query('commit')
  } finally {
    client.release()
  }
}

const lines = () =>
  context.db.consentEvent.findMany({
    where: { ...context.scope, contactId: ada },
    orderBy: { sequence: 'asc' },
  })

/** Rewrites the hashes of a chain from a line on, as the ledger would have written them. */
const rechain = (client: pg.PoolClient, contactId: string) =>
  client.query(
    `do $$
    declare line record; before bytea;
    begin
      for line in select * from consent_event where contact_id = '${contactId}' order by sequence loop
        update consent_event set previous_hash = before, hash = envoi_consent_hash(
          before, account_id, contact_id, id, sequence, purpose_key, channel, state, source, collected_at,
          text, text_version, ip, url, actor_type, actor_id, recorded_at, address_mark)
        where account_id = line.account_id and id = line.id returning hash into before;
      end loop;
    end $$`,
  )

test('a ledger that nobody touched verifies', async () => {
  expect(await verifyLedger(context)).toMatchObject({ lines: 4, contacts: 2, firstBreak: null })
  expect(await verifyContactLedger(context, ada)).toMatchObject({ lines: 3, contacts: 1, firstBreak: null })
})

test('anybody can recompute the hash of a line from what the API shows', async () => {
  await say(context, ada, 'granted', {
    evidence: {
      source: 'formulaire, « été »',
      text: 'Oui, 1,2,3',
      ip: '2001:db8::1',
      url: 'https://example.com/é',
    },
  })
  const { page } = await readLedger(context, ada, {})
  expect(page.data).toHaveLength(4)
  const hex = (bytes: Uint8Array | null) => (bytes === null ? '' : Buffer.from(bytes).toString('hex'))
  for (const line of page.data) {
    const texts = [
      line.purposeKey,
      line.source,
      line.text,
      line.textVersion,
      line.ip,
      line.url,
      line.actorType,
    ]
    const head = [
      hex(line.previousHash),
      line.accountId,
      line.contactId,
      line.id,
      line.sequence,
      line.channel,
      line.state,
      line.collectedAt.getTime(),
      line.recordedAt.getTime(),
      line.actorId ?? '',
      ...(line.addressMark === null ? [] : [`@${hex(line.addressMark)}`]),
      ...texts.map((text) => (text === null ? '' : Buffer.byteLength(text))),
    ]
    const encoded = `${head.join(',')},${texts.join('')}`
    expect(hex(line.hash)).toBe(createHash('sha256').update(encoded).digest('hex'))
  }
})

test('each line follows the one before, and its id sorts as it does', async () => {
  const [first, second, third] = await lines()
  expect(first).toMatchObject({ sequence: 1, previousHash: null })
  expect(second).toMatchObject({ sequence: 2, previousHash: first?.hash })
  expect(third).toMatchObject({ sequence: 3, previousHash: second?.hash })
  const ids = [first, second, third].map((line) => line?.id)
  expect([...ids].sort()).toEqual(ids)
})

describe('the database refuses', () => {
  test.each([
    ['to change a line', "update consent_event set state = 'granted' where contact_id = $1"],
    ['to delete a line', 'delete from consent_event where contact_id = $1'],
    ['to delete a contact, lines included', 'delete from contact where id = $1'],
  ])('%s', async (_, sql) => {
    await expect(platform.direct.query(sql, [ada])).rejects.toThrow('append-only')
    expect(await verifyContactLedger(context, ada)).toMatchObject({ lines: 3, firstBreak: null })
  })

  test('to empty the table', async () => {
    await expect(platform.direct.query('truncate consent_event')).rejects.toThrow('append-only')
  })

  test('to change a line even in an erasure, which deletes a whole chain and breaks no other', async () => {
    const client = await platform.direct.connect()
    try {
      await client.query(`begin; set local envoi.erasing = 'on'; savepoint before`)
      const change = client.query(`update consent_event set text = '' where contact_id = $1`, [ada])
      await expect(change).rejects.toThrow('append-only')
      await client.query('rollback to before')
      await client.query('delete from contact where id = $1', [ada])
      await client.query('commit')
    } finally {
      client.release()
    }
    expect(await verifyLedger(context)).toMatchObject({ lines: 1, contacts: 1, firstBreak: null })
  })
})

describe('behind the back of the triggers, it is seen when', () => {
  const verdict = async () => (await verifyLedger(context)).firstBreak
  const sql = (text: string) => tamper((client) => client.query(text, [ada]))

  test.each([
    ['source', "'forged'"],
    ['collected_at', "collected_at - interval '1 day'"],
    ['text', 'null'],
    ['state', "'refused'"],
    ['actor_id', 'gen_random_uuid()'],
    ['purpose_key', "'other'"],
    ['channel', "'sms'"],
    ['recorded_at', "recorded_at + interval '1 millisecond'"],
    ['ip', "'192.0.2.1'"],
  ])('the %s of a line is changed', async (column, value) => {
    await sql(`update consent_event set ${column} = ${value} where contact_id = $1 and sequence = 1`)
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 1, problem: 'line_changed' })
  })

  test('text moves from one field to its neighbour', async () => {
    await sql(
      `update consent_event set text = text || text_version, text_version = '' where contact_id = $1 and sequence = 1`,
    )
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 1, problem: 'line_changed' })
  })

  test('a line is deleted in the middle', async () => {
    await sql('delete from consent_event where contact_id = $1 and sequence = 2')
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 3, problem: 'line_missing' })
  })

  test('a line is deleted in the middle and the others are renumbered', async () => {
    await sql('delete from consent_event where contact_id = $1 and sequence = 2')
    await sql('update consent_event set sequence = 2 where contact_id = $1 and sequence = 3')
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 2, problem: 'line_changed' })
  })

  test('the tail is cut', async () => {
    await sql('delete from consent_event where contact_id = $1 and sequence = 3')
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 3, problem: 'tail_missing' })
  })

  test('the whole chain is gone', async () => {
    await sql('delete from consent_event where contact_id = $1')
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 1, problem: 'tail_missing' })
  })

  test('a line is added by hand, hashed as it should', async () => {
    await tamper(async (client) => {
      await client.query(
        `insert into consent_event select account_id, envoi_ledger_id(now(), 4), contact_id, purpose_key, channel, 'granted', source,
          collected_at, text, text_version, ip, url, actor_type, actor_id, now(), 4, hash, hash
        from consent_event where contact_id = $1 and sequence = 3`,
        [ada],
      )
      await rechain(client, ada)
    })
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 4, problem: 'line_foreign' })
  })

  test('a line is slipped in between', async () => {
    await tamper(async (client) => {
      await client.query(
        'update consent_event set sequence = sequence + 1 where contact_id = $1 and sequence = 3',
        [ada],
      )
      await client.query(
        `insert into consent_event select account_id, envoi_ledger_id(recorded_at, 3), contact_id, purpose_key, channel, 'granted', source,
          collected_at, text, text_version, ip, url, actor_type, actor_id, recorded_at, 3, hash, hash
        from consent_event where contact_id = $1 and sequence = 2`,
        [ada],
      )
    })
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 3, problem: 'line_changed' })
  })

  test('a line is changed and the chain hashed again from there', async () => {
    await tamper(async (client) => {
      await client.query(
        `update consent_event set source = 'forged' where contact_id = $1 and sequence = 1`,
        [ada],
      )
      await rechain(client, ada)
    })
    expect(await verdict()).toMatchObject({ contactId: ada, problem: 'line_changed' })
  })

  test('the state is changed without a line', async () => {
    await sql(`update consent set state = 'granted' where contact_id = $1 and channel = 'email'`)
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 3, problem: 'state_changed' })
  })

  test('a state is deleted', async () => {
    await sql(`delete from consent where contact_id = $1 and channel = 'email'`)
    expect(await verdict()).toMatchObject({ contactId: ada, sequence: 3, problem: 'line_foreign' })
  })
})

test('the break of one account is not seen, nor caused, in another', async () => {
  const other = await openContext(platform)
  await tamper((client) => client.query('delete from consent_event where contact_id = $1', [ada]))
  expect(await verifyLedger(other)).toMatchObject({ lines: 0, contacts: 0, firstBreak: null })
})
