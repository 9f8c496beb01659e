/** Whoever can write to the database, triggers off, but has not the master key, cannot touch the sealed ledger without being found out. */
import type { Context } from '@envoi/core'
import { sealLedgers } from '@envoi/core/consents/seal-ledger'
import { verifyContactLedger, verifyLedger } from '@envoi/core/consents/verify-ledger'
import { eraseContact } from '@envoi/core/erasures/erase-contact'
import { verifyLogs } from '@envoi/core/integrity/verify-logs'
import { updateCheckpoint } from '@envoi/core/seals/update-checkpoint'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { addContact, addPurpose, openContext, say } from './support.ts'

const never = new AbortController().signal
const logs: string[] = []
let platform: TestPlatform
let context: Context
let ada: string
let bob: string

beforeAll(async () => {
  platform = await createTestPlatform({ LOG_LEVEL: 'error' }, { logTo: (line) => logs.push(line) })
})
afterAll(() => platform.close())

async function seal(): Promise<void> {
  platform.clock.advance(10 * 60_000)
  await sealLedgers(platform, never)
}

/** Ada agreed, by SMS too, and withdrew; Bob agreed. All of it is sealed. */
beforeEach(async () => {
  context = await openContext(platform)
  await addPurpose(context)
  ada = await addContact(context)
  bob = await addContact(context)
  await say(context, ada, 'granted')
  await say(context, bob, 'granted')
  await say(context, ada, 'granted', { channel: 'sms' })
  await say(context, ada, 'withdrawn')
  await seal()
  expect(await verifyLedger(context)).toMatchObject({ lines: 4, sealed: 4, erased: 0, firstBreak: null })
})

/** With all rights on the database: triggers and foreign keys off. */
async function sql(...statements: string[]): Promise<void> {
  const client = await platform.direct.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    for (const statement of statements) await client.query(statement)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** The chain of a contact hashed anew, and what the states say of its last lines, as the platform would have written them. */
const rechain = (contactId: string) => `do $$
  declare line record; before bytea; place integer := 0;
  begin
    for line in select * from consent_event where contact_id = '${contactId}' order by sequence, id loop
      place := place + 1;
      update consent_event set sequence = place where account_id = line.account_id and id = line.id;
      update consent_event set previous_hash = before, hash = envoi_consent_hash(
        before, account_id, contact_id, id, sequence, purpose_key, channel, state, source, collected_at,
        text, text_version, ip, url, actor_type, actor_id, recorded_at, address_mark)
      where account_id = line.account_id and id = line.id returning hash into before;
    end loop;
    update consent set state = last.state, event_id = last.id, event_hash = last.hash, address_mark = last.address_mark
    from (
      select distinct on (channel) * from consent_event where contact_id = '${contactId}' order by channel, sequence desc
    ) as last
    where consent.contact_id = last.contact_id and consent.channel = last.channel;
  end $$`

const lineOf = async (contactId: string, sequence: number) =>
  (await platform.db.consentEvent.findFirstOrThrow({ where: { contactId, sequence } })).id

const firstBreak = async () => (await verifyLedger(context)).firstBreak

describe('it is seen when', () => {
  test('a withdrawal is rewritten into a grant, its chain hashed again, and the state with it', async () => {
    await sql(
      `update consent_event set state = 'granted' where contact_id = '${ada}' and sequence = 3`,
      rechain(ada),
    )
    const found = {
      contactId: ada,
      sequence: 3,
      lineId: await lineOf(ada, 3),
      seal: 1,
      problem: 'line_changed',
    }
    expect(await firstBreak()).toEqual(found)
    expect((await verifyContactLedger(context, ada)).firstBreak).toEqual(found)
    expect((await verifyContactLedger(context, bob)).firstBreak).toBeNull()
  })

  test('the seals go with a line that was rewritten, or end before it: also in the history of the contact', async () => {
    const forge = [
      `update consent_event set state = 'granted' where contact_id = '${ada}' and sequence = 3`,
      rechain(ada),
    ]
    const { accountId } = context
    const first = await lineOf(ada, 1)
    await sql(...forge, `update consent_seal set to_id = '${first}' where account_id = '${accountId}'`)
    const problems = async () => [
      (await firstBreak())?.problem,
      (await verifyContactLedger(context, ada)).firstBreak?.problem,
    ]
    expect(await problems()).toEqual(['seal_changed', 'seal_changed'])
    await sql(`delete from consent_seal where account_id = '${accountId}'`)
    expect(await problems()).toEqual(['seal_missing', 'seal_missing'])
    await sql(`delete from log_head where account_id = '${accountId}'`, 'delete from checkpoint')
    expect(await problems()).toEqual(['seal_missing', 'seal_missing'])
  })

  test('the last line is removed, and the state is what the line before says', async () => {
    const lineId = await lineOf(ada, 3)
    await sql(`delete from consent_event where id = '${lineId}'`, rechain(ada))
    expect(
      (await platform.db.consent.findMany({ where: { contactId: ada } })).map(({ state }) => state),
    ).toEqual(['granted', 'granted'])
    expect(await firstBreak()).toMatchObject({ lineId, seal: 1, problem: 'line_removed' })
  })

  test('a state loses the mark of the address that its line is about', async () => {
    await sql(`update consent set address_mark = null where contact_id = '${bob}'`)
    expect(await firstBreak()).toMatchObject({ contactId: bob, sequence: 1, problem: 'state_changed' })
  })

  test('a contact is removed with the whole chain, and no erasure did it', async () => {
    const lineId = await lineOf(ada, 1)
    for (const table of ['consent_event', 'consent'])
      await sql(`delete from ${table} where contact_id = '${ada}'`)
    await sql(`delete from contact where id = '${ada}'`)
    expect(await firstBreak()).toMatchObject({ contactId: null, lineId, problem: 'line_removed' })
  })

  test('a line is put in among the sealed ones', async () => {
    await sql(
      `insert into consent_event select account_id, envoi_ledger_id(recorded_at, 0), contact_id, purpose_key, channel, 'granted', source,
        collected_at, text, text_version, ip, url, actor_type, actor_id, recorded_at, 2, hash, hash
      from consent_event where contact_id = '${bob}'`,
      rechain(bob),
    )
    expect(await firstBreak()).toMatchObject({ contactId: bob, seal: 1, problem: 'line_inserted' })
    expect((await verifyContactLedger(context, bob)).firstBreak).toMatchObject({ problem: 'line_inserted' })
  })

  test('lines are removed, and left out of their seal', async () => {
    await sql(
      `update consent_seal set leaves = substring(leaves for 48), lines = 1, total = 1, hash = sha256(leaves)
       where account_id = '${context.accountId}'`,
    )
    expect(await firstBreak()).toMatchObject({ seal: 1, problem: 'seal_changed' })
  })

  test('the ledger of the account is gone: lines, seals, head, and then the file of the head', async () => {
    const { accountId } = context
    for (const table of ['consent_event', 'consent', 'consent_seal', 'log_head'])
      await sql(`delete from ${table} where account_id = '${accountId}'`)
    expect(await firstBreak()).toMatchObject({ seal: 1, problem: 'seal_missing' })
    await platform.files.deleteAll(`${accountId}/consents`)
    expect(await firstBreak()).toMatchObject({ seal: 1, problem: 'seal_missing' })
    // a ledger that grows again is another one, as the checkpoint knows: in the database, and outside it
    await say(context, bob, 'granted', { channel: 'sms' })
    await seal()
    expect(await firstBreak()).toMatchObject({ seal: 1, problem: 'seal_changed' })
    await sql('delete from checkpoint')
    expect(await firstBreak()).toMatchObject({ seal: 1, problem: 'seal_changed' })
  })

  test('an earlier state of everything in the database is put back', async () => {
    const tables = ['consent_event', 'consent', 'consent_seal', 'log_head', 'checkpoint']
    for (const table of tables) await sql(`create table kept_${table} as table ${table}`)
    await say(context, bob, 'withdrawn')
    await seal()
    expect(await firstBreak()).toBeNull()
    for (const table of tables)
      await sql(
        `truncate ${table}`,
        `insert into ${table} select * from kept_${table}`,
        `drop table kept_${table}`,
      )
    expect(await firstBreak()).toMatchObject({ seal: 2, problem: 'seal_missing' })
    // what comes later makes nobody forget it
    await say(context, bob, 'withdrawn')
    await seal()
    expect(await firstBreak()).toMatchObject({ seal: 2, problem: 'seal_changed' })
  })
})

describe('an erasure', () => {
  test('is accounted for: the ledger holds, and knows how many lines went', async () => {
    await eraseContact(context, ada, 'request')
    expect(await verifyLedger(context)).toMatchObject({ lines: 1, sealed: 1, erased: 3, firstBreak: null })
    await say(context, bob, 'withdrawn')
    await seal()
    expect(await verifyLedger(context)).toMatchObject({ lines: 2, sealed: 2, erased: 3, firstBreak: null })
  })

  test('between the sealing of lines and their seal leaves nothing that looks removed', async () => {
    const carol = await addContact(context)
    await say(context, carol, 'granted')
    await eraseContact(context, carol, 'cleanup')
    await seal()
    expect(await verifyLedger(context)).toMatchObject({ lines: 4, firstBreak: null })
  })

  test('is not forged by a mark without the key, nor by the mark of another line', async () => {
    await eraseContact(context, bob, 'request')
    const lineId = await lineOf(ada, 3)
    await sql(
      `delete from consent_event where id = '${lineId}'`,
      rechain(ada),
      `insert into consent_tombstone select account_id, '${lineId}', proof from consent_tombstone where account_id = '${context.accountId}'`,
    )
    expect(await firstBreak()).toMatchObject({ lineId, problem: 'line_removed' })
  })

  test('does not sweep away a line that was changed, or moved to who is erased', async () => {
    const lineId = await lineOf(ada, 3)
    await sql(
      `update consent_event set contact_id = '${bob}', sequence = 9 where id = '${lineId}'`,
      rechain(ada),
      rechain(bob),
    )
    await eraseContact(context, bob, 'request')
    expect(await firstBreak()).toMatchObject({ lineId, problem: 'line_removed' })
  })
})

test('what does not hold is told to the operator, whatever the account, and others are left in peace', async () => {
  const other = await openContext(platform)
  await addPurpose(other)
  await say(other, await addContact(other), 'granted')
  await seal()
  await sql(
    `update consent_event set state = 'granted' where contact_id = '${ada}' and sequence = 3`,
    rechain(ada),
  )
  logs.length = 0
  expect(await verifyLogs(platform, never)).toBeGreaterThan(0)
  const told = logs.filter((line) => line.includes(context.accountId))
  expect(told.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ level: 50, sealedLog: 'consents', problem: 'line_changed' }),
  )
  expect(logs.filter((line) => line.includes(other.accountId))).toEqual([])
  expect((await verifyLedger(other)).firstBreak).toBeNull()
})

test('a checkpoint that is removed everywhere is told, and does not come back in silence', async () => {
  await sql('delete from checkpoint')
  await platform.files.delete('checkpoint.json')
  platform.clock.advance(2 * 86_400_000)
  logs.length = 0
  await updateCheckpoint(platform)
  expect(logs.map((line) => JSON.parse(line).problem)).toContain('checkpoint_missing')
})
