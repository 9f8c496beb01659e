import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asSystem } from '@envoi/core'
import { openArchive } from '@envoi/core/account-closure/open-archive'
import { forgetKeys } from '@envoi/core/idempotency/forget-keys'
import { enqueue } from '@envoi/core/jobs/enqueue'
import { platformAccount } from '@envoi/core/jobs/schedules'
import { recordClosure } from '@envoi/core/records/record-rows'
import { takeRows } from '@envoi/core/records/take-rows'
import { busyAccount, filesOf, inRedis, rowsOf } from '../closure/support.ts'
import * as make from '../contract/make.ts'
import { linesAbout } from '../rights/person.ts'
import { dumpDatabase, readFiles } from '../rights/traces.ts'
import { expect, type TestServer, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { chance } from './chance.ts'
import { crewOf, untilDone } from './crew.ts'
import { lockRow, untilItWaits } from './row-locks.ts'

const untilItReads = ({ platform }: TestServer) =>
  until(
    'the archive waits for a table',
    async () => {
      const { rows } = await platform.direct.query(
        `select from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and query ~ 'declare archived'`,
      )
      return rows.length > 0
    },
    60_000,
  )

/** As the platform would have written it: a worker acts on no closing that is not as it was recorded. */
async function moveClosure({ platform }: TestServer, change: string): Promise<void> {
  const { rows } = await platform.direct.query<{ id: string; account_id: string }>(
    `update account_closure set ${change} returning id, account_id`,
  )
  for (const { id, account_id } of rows) await recordClosure(asSystem(platform, account_id, 'test'), id)
}

test('an account whose archiving is killed again and again ends with one whole archive, and nothing else', {
  timeout: 240_000,
}, async ({ server }) => {
  const { platform } = server
  const account = await busyAccount(server)
  // as on any platform that has run for some minutes
  await takeRows(platform, AbortSignal.timeout(60_000))
  const crew = crewOf(platform)
  const random = chance('kills while an account is closed')
  await make.closing({ server, account })
  // a week later
  await moveClosure(server, `closes_at = now() - interval '1 minute'`)
  await platform.direct.query(`update idempotency_key set created_at = created_at - interval '7 days'`)
  await forgetKeys(platform)
  const go = () =>
    enqueue(asSystem(platform, platformAccount, 'test'), 'accounts.close', {}, { dedupeKey: 'schedule' })
  await go()
  crew.start()
  await untilDone(platform, 'nobody is let in any more', async () => {
    const { status } = await server.operator.operator.getAccountClosure(account.id)
    return status === 'archiving'
  })
  await crew.kill()

  // in the middle of the archive
  const reading = await platform.direct.connect()
  await reading.query('begin; lock table contact in access exclusive mode')
  await moveClosure(server, `archiving_at = now() - interval '1 hour'`)
  await go()
  crew.start()
  await untilItReads(server)
  await crew.kill()
  expect(await server.operator.operator.getAccountClosure(account.id)).toMatchObject({
    receipts: [{ step: 'requested' }],
  })
  await reading.query('rollback')
  reading.release()

  // in the middle of the deletion, twice
  const locks = [
    await lockRow(server, 'import_error', account.id),
    await lockRow(server, 'purpose', account.id),
  ]
  for (const [index, table] of ['import_error', 'purpose'].entries()) {
    crew.start()
    await untilItWaits(server, table)
    await crew.kill()
    await locks[index]?.query('rollback')
  }
  crew.start()
  await new Promise((resolve) => setTimeout(resolve, random.below(2_000)))
  await crew.kill()
  crew.start()
  const closure = await untilDone(platform, 'the account is archived', async () => {
    const found = await server.operator.operator.getAccountClosure(account.id)
    return found.status === 'archived' && found
  })

  const [, archived, deleted] = closure.receipts
  expect(archived?.rows).toMatchObject({ contact: 1, import_error: 5, purpose: 1, user: 1 })
  // each row is counted once, whoever was killed
  for (const table of ['contact', 'import_error', 'purpose', 'user', 'import', 'consent_event'])
    expect([table, deleted?.rows?.[table]]).toEqual([table, archived?.rows?.[table]])
  expect(await rowsOf(server, account.id)).toEqual({ account: 1, account_closure: 1, audit_event: 1 })
  expect(linesAbout(await dumpDatabase(server))).toEqual([])
  // a wake-up that a killed worker had in its hands is found to be for nothing when another takes it up
  await until(
    'the queues have forgotten it',
    async () => {
      const stored = [...(await dumpDatabase(server)), ...(await inRedis(server))]
      const queued = stored.filter((line) => !line.startsWith('public.') && line.includes(account.id))
      return queued.length === 0
    },
    90_000,
  )
  expect(linesAbout(await readFiles(server))).toEqual([])
  expect(linesAbout([...server.logs, ...crew.output().split('\n')])).toEqual([])
  expect(await filesOf(server, account.id)).toHaveLength(1)
  const target = join(await mkdtemp(join(tmpdir(), 'envoi-archive-')), 'account.tar')
  const opened = await openArchive(platform, account.id, target)
  expect(opened.sha256).toBe(archived?.archive?.sha256)
  expect(opened.audit.firstBreak).toBeNull()
})
