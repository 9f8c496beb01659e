import { asSystem, enqueue } from '@envoi/core'
import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

test('who got a message is known to have got it, even if the worker died before it could say so', async ({
  server,
  account,
  drain,
}) => {
  const { platform } = server
  const scope = { accountId: account.id }
  const { id } = await campaignTo(server, account, 3)
  await account.api.campaigns.send(id)
  await drain()
  const lastSent = async () =>
    (await platform.db.contact.findMany({ where: scope })).map(({ lastSentAt }) => lastSentAt?.getTime())
  const messages = await platform.db.message.findMany({ where: scope })

  // as the last lane left it when it was killed: all has left, and nothing more was written down
  await platform.db.contact.updateMany({ where: scope, data: { lastSentAt: null } })
  await platform.db.campaign.updateMany({ where: scope, data: { status: 'sending', completedAt: null } })
  await enqueue(asSystem(platform, account.id, 'test'), 'campaigns.deliver', { campaignId: id, lane: 0 })
  await drain()
  expect((await account.api.campaigns.get(id)).status).toBe('sent')
  expect((await lastSent()).sort()).toEqual(messages.map(({ sentAt }) => sentAt?.getTime()).sort())
})

test('a campaign is sent as soon as its last message is, whichever lane had it', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { platform } = server
  const scope = { accountId: account.id }
  const { id, contacts } = await campaignTo(server, account, 1)
  const behave = mail.misbehave({ to: contacts[0]?.email ?? '' }, { at: 'end', reply: '451 4.3.0 Later' })
  platform.clock.stopAt(new Date())
  await account.api.campaigns.send(id)
  await drain()
  expect((await account.api.campaigns.get(id)).counts).toMatchObject({ deferred: 1 })
  behave()

  // lane 0 has looked, and waits; the message comes due in the hands of another
  await platform.db.message.updateMany({ where: scope, data: { nextAttemptAt: platform.clock.now() } })
  await enqueue(asSystem(platform, account.id, 'test'), 'campaigns.deliver', { campaignId: id, lane: 1 })
  await drain()
  expect((await account.api.campaigns.get(id)).status).toBe('sent')
})
