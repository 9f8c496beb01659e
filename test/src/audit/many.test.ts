import { sealAudit } from '@envoi/core/audit/seal-audit'
import { expect, test } from '../support/fixture.ts'

/** Fewer than a server has connections: none waits for one for longer than it may. */
const writers = 8
const perWriter = 6_250
/** Rows of one statement. */
const batch = 250

test('among 50,000 events by eight writers, one that is altered, deleted or put in by SQL is named', {
  timeout: 180_000,
}, async ({ server, account }) => {
  const { platform } = server
  const { direct: pool, db } = platform
  const owner = await account.as({ role: 'owner' })
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let written = 0; written < perWriter; written += batch)
        await db.auditEvent.createMany({
          data: Array.from({ length: batch }, () => ({
            accountId: account.id,
            id: platform.newId(),
            actorType: 'system',
            action: 'contacts.create',
            changed: ['firstName'],
            counts: { writer },
            at: platform.clock.now(),
          })),
        })
    }),
  )
  platform.clock.advance(10 * 60_000)
  await sealAudit(platform, new AbortController().signal)
  const firstBreak = async () => (await owner.auditEvents.integrity()).firstBreak
  const whole = await owner.auditEvents.integrity()
  expect(whole.firstBreak).toBeNull()
  expect(whole.events).toBeGreaterThanOrEqual(writers * perWriter)

  const { rows } = await pool.query<{ id: string }>(
    'select id from audit_event where account_id = $1 order by id offset 31415 limit 1',
    [account.id],
  )
  const victim = rows[0]?.id ?? ''
  const one = [account.id, victim]

  await pool.query(`update audit_event set outcome = 'denied' where account_id = $1 and id = $2`, one)
  expect(await firstBreak()).toMatchObject({ problem: 'event_changed', eventId: victim })
  await pool.query(`update audit_event set outcome = 'success' where account_id = $1 and id = $2`, one)
  expect(await firstBreak()).toBeNull()

  await pool.query('create table kept as select * from audit_event where account_id = $1 and id = $2', one)
  await pool.query('delete from audit_event where account_id = $1 and id = $2', one)
  expect(await firstBreak()).toMatchObject({ problem: 'event_missing', eventId: victim })
  await pool.query('insert into audit_event select * from kept')
  expect(await firstBreak()).toBeNull()

  const inserted = `${victim.slice(0, -1)}${victim.endsWith('0') ? '1' : '0'}`
  await pool.query('update kept set id = $1', [inserted])
  await pool.query('insert into audit_event select * from kept')
  expect(await firstBreak()).toMatchObject({ problem: 'event_inserted', eventId: inserted })
})
