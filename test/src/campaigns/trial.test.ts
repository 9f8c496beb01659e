/** An account that nobody knows yet writes to those only who have proven that an address is theirs, and little. */
import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'
import { confirmOwner } from '../users/people.ts'

test('an owner who has not confirmed the address gets no campaign of a trial account', async ({ server }) => {
  const account = await server.openAccount({ trial: true })
  const { id } = await campaignTo(server, account, 1, { emails: [account.ownerEmail] })
  await expect(account.api.campaigns.send(id)).rejects.toMatchObject({ code: 'trial_restricted' })
  await confirmOwner({ server, account })
  await account.api.campaigns.send(id)
})

test('the last look leaves out whoever has not proven that the address is theirs', async ({
  server,
  mail,
  drain,
}) => {
  const account = await server.openAccount({ trial: true })
  const scene = { server, account }
  await confirmOwner(scene)
  const { id } = await campaignTo(server, account, 1, { emails: [account.ownerEmail] })
  await account.api.campaigns.send(id)
  // what was true when it was sent is not any more
  const where = { accountId: account.id, email: account.ownerEmail }
  await server.platform.db.user.updateMany({ where, data: { emailVerifiedAt: null } })
  await drain()
  expect(mail.to(account.ownerEmail)).toHaveLength(0)
  expect((await account.api.campaigns.get(id)).counts.reasons).toEqual({ trial_restricted: 1 })
})

test('a test goes to a user who has confirmed the address, to no other', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { id } = await campaignTo(server, account, 1)
  const send = () => account.api.campaigns.test(id, { to: [account.ownerEmail] })
  await expect(send()).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/to/0' }] })
  await confirmOwner({ server, account })
  await send()
  await drain()
  expect(mail.to(account.ownerEmail)).toHaveLength(1)
})

test('tests and campaigns of a trial account together stop at its daily quota', async ({
  server,
  mail,
  drain,
}) => {
  const account = await server.openAccount({ trial: true })
  const { platform } = server
  await confirmOwner({ server, account })
  await platform.db.account.update({ where: { id: account.id }, data: { dailyQuota: 2 } })
  const { id } = await campaignTo(server, account, 1, { emails: [account.ownerEmail] })
  const send = () => account.api.campaigns.test(id, { to: [account.ownerEmail] })
  await send()
  await send()
  await expect(send()).rejects.toMatchObject({ code: 'trial_restricted' })
  await account.api.campaigns.send(id)
  await drain()
  expect(mail.to(account.ownerEmail)).toHaveLength(2)
  platform.clock.advance(24 * 3_600_000)
  await drain()
  expect(mail.to(account.ownerEmail)).toHaveLength(3)
})
