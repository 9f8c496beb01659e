import { onTestFinished } from 'vitest'
import { endLeases } from '../crash/crew.ts'
import { expect, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { environmentOf, spawnWorker } from '../support/worker-process.ts'
import { invite, linkIn, mailsTo } from './people.ts'

test('a worker killed while it hands a mail over sends none twice', async ({ server, account, mail }) => {
  await mailsTo(server, account.ownerEmail)
  const { id, email } = await invite({ server, account })
  const undo = mail.misbehave({ to: email }, { at: 'end', hang: true, keep: true })
  const worker = spawnWorker(environmentOf(server.platform))
  onTestFinished(() => void worker.child.kill('SIGKILL'))
  const arrived = () => mail.toUsers.filter(({ to }) => to.includes(email)).length
  await until('the server has it and does not say so', () => arrived() > 0, 60_000)
  worker.child.kill('SIGKILL')
  await worker.exited
  undo()
  await endLeases(server.platform)
  server.platform.clock.advance(60_000)
  await mailsTo(server, email)
  expect(arrived()).toBe(1)
  const where = { accountId: account.id, userId: id }
  expect(await server.platform.db.userMail.findFirst({ where })).toMatchObject({ state: 'unknown' })
  // it may have arrived: its link works
  expect((await fetch((await linkIn(server, email, 'invitation')).url)).status).toBe(200)
}, 120_000)
