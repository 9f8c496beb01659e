import { ingestEvents } from '@envoi/core/events/ingest-events'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'

/** Someone who got a message a minute ago, and clicks on its links, each another one. */
async function reader(server: TestServer, account: TestAccount) {
  const { db, newId, clock } = server.platform
  clock.stopAt(clock.now())
  const scope = { accountId: account.id }
  const sentAt = new Date(clock.now().getTime() - 60_000)
  const contact = { ...scope, id: newId(), email: `${newId()}@example.com`, originSource: 'test' }
  await db.contact.create({
    data: { ...contact, tracking: 'granted', createdAt: sentAt, updatedAt: sentAt },
  })
  const recipient = { ...scope, contactId: contact.id }
  const message = { ...recipient, id: newId(), channel: 'email', state: 'sent' } as const
  await db.message.create({ data: { ...message, sentAt, nextAttemptAt: sentAt, stateAt: sentAt } })
  const click = (link: number) =>
    db.eventInbox.create({
      data: {
        ...recipient,
        id: newId(),
        type: 'message.clicked',
        messageId: message.id,
        link,
        occurredAt: clock.now(),
      },
    })
  return {
    click,
    /** So many clicks, so far apart. */
    async clicks(count: number, apart: number) {
      for (let link = 0; link < count; link++) {
        await click(link)
        clock.advance(apart)
      }
      clock.advance(10_000)
    },
    sources: async () =>
      (await db.event.findMany({ where: scope, orderBy: { occurredAt: 'asc' } })).map(({ source }) => source),
  }
}

const machines = (count: number) => Array.from({ length: count }, () => 'machine')

test('who follows links 300 ms apart is a machine, however often the clicks are judged meanwhile', async ({
  server,
  account,
}) => {
  const scanner = await reader(server, account)
  for (let step = 0; step < 20; step++) {
    if (step < 9) await scanner.click(step)
    server.platform.clock.advance(300)
    await ingestEvents(server.platform)
  }
  expect(await scanner.sources()).toEqual(machines(9))
})

test('a burst is seen when its clicks are judged one by one', async ({ server, account }) => {
  const scanner = await reader(server, account)
  await scanner.clicks(3, 300)
  await ingestEvents(server.platform, { batchSize: 1 })
  expect(await scanner.sources()).toEqual(machines(3))
})

test('a burst is seen while another worker has a part of it in hand', async ({ server, account }) => {
  const scanner = await reader(server, account)
  await scanner.clicks(3, 300)
  const other = await server.platform.direct.connect()
  await other.query('begin')
  await other.query('select id from event_inbox where account_id = $1 order by id limit 2 for update', [
    account.id,
  ])
  await ingestEvents(server.platform)
  await other.query('rollback')
  other.release()
  expect(await scanner.sources()).toEqual(machines(1))
  await ingestEvents(server.platform)
  expect(await scanner.sources()).toEqual(machines(3))
})

test('three links read one after the other are clicks of a person', async ({ server, account }) => {
  const person = await reader(server, account)
  await person.clicks(3, 5_000)
  await ingestEvents(server.platform)
  expect(await person.sources()).toEqual(['human', 'human', 'human'])
})
