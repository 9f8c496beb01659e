import { onTestFinished } from 'vitest'
import { campaignTo, withdraw } from '../support/audience.ts'
import { expect, type TestAccount, test } from '../support/fixture.ts'
import { loseQueues } from '../support/queues.ts'
import { until } from '../support/until.ts'
import { chance } from './chance.ts'
import { crewOf, untilDone } from './crew.ts'
import { connections, holdMail, slowDown } from './in-flight.ts'
import { expectEachSentOnce } from './outcomes.ts'

const emailsOf = ({ contacts }: { contacts: { email: string }[] }) => contacts.map(({ email }) => email)
const isSent = (account: TestAccount, id: string) => async () =>
  (await account.api.campaigns.get(id)).status === 'sent'

test('with every queue lost in the middle of it, a campaign reaches everybody once', {
  timeout: 120_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  mail.clear()
  slowDown(mail, 20)
  const { id, ...audience } = await campaignTo(server, account, 520)
  const { id: secondId, ...secondAudience } = await campaignTo(server, account, 50)
  crewOf(platform).start()
  await account.api.campaigns.send(id)
  let lost = 0
  for (const messages of chance('flushes of the queues').several(3, 460)) {
    await mail.waitFor(messages, 60_000)
    lost += await loseQueues(platform)
  }
  await account.api.campaigns.send(secondId)
  lost += await loseQueues(platform)
  expect(lost).toBeGreaterThan(0)
  await untilDone(platform, 'the campaign is sent', isSent(account, id))
  await untilDone(platform, 'the other is sent', isSent(account, secondId))
  const first = await expectEachSentOnce(platform, account, mail, { id, recipients: emailsOf(audience) })
  const second = await expectEachSentOnce(platform, account, mail, {
    id: secondId,
    recipients: emailsOf(secondAudience),
  })
  expect([first, second]).toEqual([0, 0])
})

test('two workers share the lanes of campaigns, and send nothing twice', { timeout: 120_000 }, async ({
  server,
  account,
  mail,
}) => {
  const { platform } = server
  mail.clear()
  slowDown(mail, 30)
  const campaigns = [
    await campaignTo(server, account, 520),
    await campaignTo(server, account, 520),
    await campaignTo(server, account, 520),
  ]
  const already = mail.connections.total
  const pair = crewOf(platform).start(2)
  await until(
    'both are there',
    () => pair.every((worker) => worker.output().includes('workers started')),
    60_000,
  )
  for (const { id } of campaigns) await account.api.campaigns.send(id)
  for (const { id, ...audience } of campaigns) {
    await untilDone(platform, 'the campaign is sent', isSent(account, id))
    expect(await expectEachSentOnce(platform, account, mail, { id, recipients: emailsOf(audience) })).toBe(0)
  }
  expect(mail.connections.total - already).toBeGreaterThan(connections)
})

test('whoever says no while a campaign is sent gets nothing any more, and the reason is told', {
  timeout: 120_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  mail.clear()
  const { api } = account
  const { id, contacts, purpose } = await campaignTo(server, account, 200)
  crewOf(platform).start()
  const holding = holdMail(server, mail, id)
  await api.campaigns.send(id)
  const { inFlight, cut } = await holding
  // a lane has them in hand already, written and signed
  const waiting = contacts.filter(({ email }) => !inFlight.includes(email))
  const claimed = await platform.db.message.count({ where: { campaignId: id, NOT: { claimId: null } } })
  expect(claimed).toBe(contacts.length)

  const group = (index: number) => waiting.slice(index * 5, index * 5 + 5)
  const source = 'phone call'
  const now = new Date().toISOString()
  for (const contact of group(0)) await withdraw(account, contact.id, purpose)
  for (const contact of group(1))
    await api.objections.create(contact.id, { kind: 'marketing', evidence: { source, collectedAt: now } })
  for (const { email } of group(2))
    await api.suppressions.create({ channel: 'email', value: email, reason: 'manual' })
  for (const contact of group(3))
    await api.restriction.create(contact.id, { reason: 'accuracy_contested', source, receivedAt: now })
  for (const contact of group(4)) await api.contacts.delete(contact.id)
  cut()
  await untilDone(platform, 'the campaign is sent', isSent(account, id))

  const refused = waiting.slice(0, 25).map(({ email }) => email)
  const arrived = mail.received.flatMap(({ to }) => to)
  expect(arrived.filter((address) => refused.includes(address))).toEqual([])
  expect(arrived.sort()).toEqual(
    emailsOf({ contacts })
      .filter((email) => !refused.includes(email))
      .sort(),
  )
  expect((await api.campaigns.get(id)).counts).toMatchObject({
    sent: 200 - 25 - connections,
    unknown: connections,
    excluded: 25,
    reasons: { consent_withdrawn: 5, objection: 5, suppressed: 5, restricted: 5, contact_erased: 5 },
  })
})

test('two accounts with the same contacts send to them each for itself', { timeout: 120_000 }, async ({
  server,
  account,
  mail,
}) => {
  const { platform } = server
  mail.clear()
  const other = await server.openAccount({ name: 'Atelier Grace' })
  const emails = Array.from({ length: 150 }, (_, index) => `shared-${index}@example.com`)
  const mine = await campaignTo(server, account, emails.length, { emails })
  const theirs = await campaignTo(server, other, emails.length, { emails })
  await withdraw(account, mine.contacts[0]?.id ?? '', mine.purpose)
  onTestFinished(
    mail.misbehave({ to: 'shared-1@example.com', times: 1 }, { at: 'rcpt', reply: '550 5.1.1 No such user' }),
  )
  crewOf(platform).start(2)
  await Promise.all([account.api.campaigns.send(mine.id), other.api.campaigns.send(theirs.id)])
  await untilDone(platform, 'the one is sent', isSent(account, mine.id))
  await untilDone(platform, 'the other is sent', isSent(other, theirs.id))

  const senders = new Map<string, string[]>()
  for (const { from, to } of mail.received) senders.set(from, [...(senders.get(from) ?? []), ...to])
  expect(senders.size).toBe(2)
  const figures = async ({ api, id }: TestAccount, campaign: string) => {
    const { sent, failed, excluded } = (await api.campaigns.get(campaign)).counts
    const suppressions = await platform.db.suppression.count({ where: { accountId: id } })
    return { sent, failed, excluded, suppressions }
  }
  const both = [await figures(account, mine.id), await figures(other, theirs.id)]
  expect(both.map(({ sent }) => sent).sort()).toEqual(
    [...senders.values()].map((to) => new Set(to).size).sort(),
  )
  // who withdrew, withdrew from one; the address that one of them found dead is suppressed for that one
  expect(both.map(({ excluded }) => excluded)).toEqual([1, 0])
  for (const { failed, suppressions } of both) expect(suppressions).toBe(failed)
  expect(both.map(({ failed }) => failed).sort()).toEqual([0, 1])
})

test('a campaign that is paused, killed and resumed in the middle reaches everybody once', {
  timeout: 120_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  mail.clear()
  const random = chance('pauses')
  slowDown(mail, 20)
  const { id, ...audience } = await campaignTo(server, account, 500)
  const crew = crewOf(platform)
  crew.start()
  await account.api.campaigns.send(id)
  let killed = 0
  for (const messages of random.several(2, 400)) {
    await mail.waitFor(messages, 60_000)
    await account.api.campaigns.pause(id)
    if (killed === 0) {
      await crew.kill()
      crew.start()
      killed++
    }
    await untilDone(platform, 'nothing is on the wire', async () => {
      const { counts } = await account.api.campaigns.get(id)
      return (
        counts.sending === 0 &&
        (await platform.db.outbox.count({ where: { name: 'campaigns.deliver' } })) === 0
      )
    })
    const { counts, status } = await account.api.campaigns.get(id)
    expect(status).toBe('paused')
    expect(counts.queued).toBe(500 - counts.sent - counts.unknown)
    expect(counts.queued).toBeGreaterThan(0)
    await account.api.campaigns.resume(id)
  }
  await untilDone(platform, 'the campaign is sent', isSent(account, id))
  await expectEachSentOnce(platform, account, mail, { id, recipients: emailsOf(audience) })
})

test('of a campaign that is cancelled in the middle, what has not left does not', {
  timeout: 120_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  mail.clear()
  slowDown(mail, 20)
  const { id } = await campaignTo(server, account, 500)
  crewOf(platform).start()
  await account.api.campaigns.send(id)
  await mail.waitFor(1 + chance('cancellation').below(300), 60_000)
  await account.api.campaigns.cancel(id)
  await untilDone(platform, 'all its messages are settled', async () => {
    const { sent, cancelled } = (await account.api.campaigns.get(id)).counts
    return sent + cancelled === 500
  })
  const { status, counts } = await account.api.campaigns.get(id)
  expect(status).toBe('cancelled')
  expect(counts.cancelled).toBeGreaterThan(0)
  expect(mail.received).toHaveLength(counts.sent)
  expect(new Set(mail.received.flatMap(({ to }) => to)).size).toBe(counts.sent)
})
