import { onTestFinished } from 'vitest'
import { campaignTo } from '../support/audience.ts'
import { expect, type TestAccount, test } from '../support/fixture.ts'
import { createGate } from '../support/gate.ts'
import { until } from '../support/until.ts'
import { startApi } from './api-process.ts'
import { chance } from './chance.ts'
import { crewOf, endLeases, untilDone } from './crew.ts'
import { slowDown } from './in-flight.ts'
import { expectEachSentOnce } from './outcomes.ts'

/** The most that a kill can leave `unknown`: what is on the wire or waits to be written down. */
const onTheWay = 100

const emailsOf = ({ contacts }: { contacts: { email: string }[] }) => contacts.map(({ email }) => email)
const isSent = (account: TestAccount, id: string) => async () =>
  (await account.api.campaigns.get(id)).status === 'sent'

test('a campaign whose worker is killed again and again while it sends reaches everybody, nobody twice', {
  timeout: 180_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  const random = chance('kills during delivery')
  const crew = crewOf(platform)
  slowDown(mail, 15)
  const { id, ...audience } = await campaignTo(server, account, 600)
  await account.api.campaigns.send(id)
  const instants = random.several(3, 540)
  for (const messages of instants) {
    crew.start()
    await mail.waitFor(messages, 60_000)
    await crew.kill()
  }
  crew.start()
  await untilDone(platform, 'the campaign is sent', isSent(account, id))
  const unknown = await expectEachSentOnce(platform, account, mail, { id, recipients: emailsOf(audience) })
  expect(unknown).toBeLessThanOrEqual(instants.length * onTheWay)
})

test('a worker that wakes from a sleep, in which another took its campaign over, changes nothing', {
  timeout: 180_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  const crew = crewOf(platform)
  mail.clear()
  slowDown(mail, 150)
  const { id, ...audience } = await campaignTo(server, account, 600)
  const [asleep] = crew.start()
  await account.api.campaigns.send(id)
  await mail.waitFor(60, 60_000)
  asleep?.child.kill('SIGSTOP')
  await endLeases(platform)

  crew.start()
  await until('another sends', async () => crew.output().includes('a worker was lost'), 60_000)
  await mail.waitFor(mail.received.length + 60, 60_000)
  // it is told to stop as soon as it wakes: then it puts back what it has not begun, and which is not its own any more
  asleep?.child.kill('SIGTERM')
  asleep?.child.kill('SIGCONT')
  expect(await asleep?.exited).toBe(0)
  await untilDone(platform, 'the campaign is sent', isSent(account, id))
  // what it had on the wire was given up as unknown, and it could tell how that ended
  expect(await expectEachSentOnce(platform, account, mail, { id, recipients: emailsOf(audience) })).toBe(0)
})

test('what a worker that wakes knows of a campaign that is over is kept, and sets nothing going again', {
  timeout: 180_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  const crew = crewOf(platform)
  mail.clear()
  const { id, contacts } = await campaignTo(server, account, 15)
  const { opened, open } = createGate()
  const refused = contacts[7]?.email ?? ''
  onTestFinished(mail.misbehave({ to: refused }, { at: 'end', after: opened, reply: '451 4.3.0 Try again' }))
  onTestFinished(mail.misbehave({}, { at: 'end', after: opened }))
  const already = mail.reached('end')
  const [asleep] = crew.start()
  await account.api.campaigns.send(id)
  await until('all wait for an answer', () => mail.reached('end') === already + 15, 60_000)
  asleep?.child.kill('SIGSTOP')
  await endLeases(platform)

  crew.start()
  await untilDone(platform, 'the campaign is sent', isSent(account, id))
  const counts = async () => (await account.api.campaigns.get(id)).counts
  expect(await counts()).toMatchObject({ sent: 0, unknown: 15 })
  open()
  await mail.waitFor(14)
  asleep?.child.kill('SIGCONT')
  await until('it has told', async () => (await counts()).sent === 14, 60_000)
  asleep?.child.kill('SIGTERM')
  expect(await asleep?.exited).toBe(0)
  expect(await counts()).toMatchObject({ sent: 14, unknown: 1, deferred: 0 })
})

test('an audience is frozen once, however often the worker is killed meanwhile', {
  timeout: 180_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  const random = chance('kills during a freeze')
  const crew = crewOf(platform)
  const { id, contacts } = await campaignTo(server, account, 10_400)
  const recipients = contacts.filter((_, index) => index % 40 === 0)
  await platform.direct.query(
    `update consent set state = 'withdrawn' where account_id = $1 and contact_id <> all($2::uuid[])`,
    [account.id, recipients.map((contact) => contact.id)],
  )
  const read = () => platform.db.campaign.findFirstOrThrow({ where: { id } })
  const isFreezing = () =>
    platform.db.outbox.count({ where: { name: 'campaigns.freeze', NOT: { leaseUntil: null } } })

  // the messages of the second batch wait for this contact
  const last = contacts.at(-1)?.id
  const holder = await platform.direct.connect()
  onTestFinished(() => holder.release(true))
  await holder.query('begin')
  await holder.query('select from contact where account_id = $1 and id = $2 for update', [account.id, last])
  await account.api.campaigns.send(id)

  crew.start()
  await until('the freeze has begun', async () => (await isFreezing()) > 0, 60_000)
  await new Promise((resolve) => setTimeout(resolve, random.below(200)))
  await crew.kill()

  crew.start()
  await until(
    'the freeze is in its second batch',
    async () => {
      const { rows } = await platform.direct.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~ 'with member as'`,
      )
      return rows.length > 0
    },
    60_000,
  )
  expect(await read()).toMatchObject({ frozenAt: null })
  await crew.kill()
  await holder.query('rollback')

  crew.start()
  await untilDone(platform, 'the campaign is sent', isSent(account, id))
  await expectEachSentOnce(platform, account, mail, {
    id,
    recipients: emailsOf({ contacts: recipients }),
    excluded: contacts.length - recipients.length,
  })
})

test('a campaign whose sending the killed API could not answer for is sent once, or not yet', {
  timeout: 180_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  const random = chance('kills of the API')
  const all = await Promise.all(Array.from({ length: 6 }, () => campaignTo(server, account, 10)))

  for (const some of [all.slice(0, 3), all.slice(3)]) {
    const api = await startApi(platform)
    const { campaigns } = api.as(account)
    // its first calls take longer than the others
    await Promise.all(some.map(({ id }) => campaigns.get(id)))
    const answers = some.map(({ id }) => campaigns.send(id).catch(() => undefined))
    await new Promise((resolve) => setTimeout(resolve, random.below(60)))
    api.child.kill('SIGKILL')
    await Promise.all(answers)
    for (const { id } of some)
      if ((await account.api.campaigns.get(id)).status === 'draft') await account.api.campaigns.send(id)
  }
  crewOf(platform).start()
  for (const { id, ...audience } of all) {
    await untilDone(platform, 'the campaign is sent', isSent(account, id))
    expect(await expectEachSentOnce(platform, account, mail, { id, recipients: emailsOf(audience) })).toBe(0)
    const starts = await platform.db.auditEvent.count({ where: { targetId: id, action: 'campaigns.send' } })
    expect(starts).toBe(1)
  }
})
