/** What an account in trial may do in a day is counted by what it did, not by what is left of it. */
import { trialContacts, trialContactsADay } from '@envoi/core/accounts/trial-contacts'
import { trialDomains } from '@envoi/core/senders/create-sender-domain'
import { trialInvitations } from '@envoi/core/users/invite-user'
import { drain } from '@envoi/workers'
import { fillTrial } from '../contract/refusal-scenes.ts'
import { approve, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { mailsTo } from '../users/people.ts'

const day = 24 * 3_600_000
const stranger = (n: number) => ({
  email: `stranger${n}@example.com`,
  firstName: 'Grace',
  lastName: 'Hopper',
  role: 'analyst' as const,
})

test('invitations: deleting who was invited gives none back', async ({ server }) => {
  const account = await server.openAccount({ trial: true })
  const { api } = account
  let mailed = 0
  for (let n = 0; n < 14; n++) {
    const invited = await api.users.create(stranger(n)).catch((error: { code: string }) => {
      expect(error.code).toBe('trial_restricted')
    })
    mailed += (await mailsTo(server, stranger(n).email)).length
    if (invited) await api.users.delete(invited.id)
  }
  expect(mailed).toBe(trialInvitations)
  server.platform.clock.advance(day + 1_000)
  const again = await server.openAccount({ trial: true })
  // of another account, nothing is taken
  await again.api.users.create(stranger(20))
  const { accessToken } = await account.login()
  const { id } = await api.with(accessToken).users.create(stranger(21))
  expect(await mailsTo(server, stranger(21).email)).toHaveLength(1)
  await approve(server.operator, account.id)
  for (let n = 0; n < trialInvitations; n++) await api.with(accessToken).users.repeatInvitation(id)
})

test('invitations: those that a reactivation sends again count as well', async ({ server }) => {
  const { api } = await server.openAccount({ trial: true })
  const { id } = await api.users.create(stranger(30))
  for (let n = 1; n < trialInvitations; n++) {
    await api.users.deactivate(id)
    await api.users.reactivate(id)
  }
  await api.users.deactivate(id)
  expect(await refusal(api.users.reactivate(id))).toMatchObject({ code: 'trial_restricted' })
  expect(await api.users.get(id)).toMatchObject({ status: 'deactivated' })
})

test('contacts: who deletes them and creates others soon has had enough', async ({ server }) => {
  const account = await server.openAccount({ trial: true })
  const forget = () => server.platform.db.contact.deleteMany({ where: { accountId: account.id } })
  for (let had = 0; had < trialContactsADay; had += trialContacts) {
    await fillTrial(account.api)
    await forget()
  }
  expect(await refusal(account.api.contacts.create({ email: 'one@example.com' }))).toMatchObject({
    code: 'trial_restricted',
  })
  expect(await server.platform.db.contact.count({ where: { accountId: account.id } })).toBe(0)
})

test('sender domains: deleted ones count', async ({ server }) => {
  const { api } = await server.openAccount({ trial: true })
  for (let n = 0; n < trialDomains; n++)
    await api.senderDomains.delete((await api.senderDomains.create({ domain: 'atelier.example' })).id)
  expect(await refusal(api.senderDomains.create({ domain: 'atelier.example' }))).toMatchObject({
    code: 'trial_restricted',
  })
})

test('checking a sender domain: names are looked up so often a day, whatever they are', async ({
  server,
}) => {
  const { id, api } = await server.openAccount({ trial: true })
  const domain = await api.senderDomains.create({ domain: 'atelier.example' })
  const { clock, db, newId } = server.platform
  const kind = 'senderDomains.verify asked'
  await db.limitedAct.create({ data: { accountId: id, id: newId(), kind, amount: 99, at: clock.now() } })
  const verify = (domainId: string) => refusal(api.senderDomains.verify(domainId))
  // what is not there counts too
  expect(await verify(newId())).toMatchObject({ code: 'not_found' })
  expect(await verify(domain.id)).toMatchObject({ code: 'trial_restricted' })
})

test('one mailbox is not invited by many accounts, in any spelling, and none of them is told', async ({
  server,
}) => {
  const spellings = [
    'ada.love@gmail.com',
    'adalove+1@gmail.com',
    'a.dalove@googlemail.com',
    'adalove@gmail.com',
  ]
  const accounts = 8
  const answers: object[] = []
  for (let n = 0; n < accounts; n++) {
    const { api } = await server.openAccount({ trial: n % 2 === 0 })
    const email = spellings[n % spellings.length] ?? ''
    const { id, createdAt, ...user } = await api.users.create({ ...stranger(0), email })
    answers.push({ ...user, email: '' })
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  await drain(server.platform)
  const invited = () => server.mail.toUsers.filter(({ to }) => spellings.some((email) => to.includes(email)))
  expect(invited()).toHaveLength(5)
  // others are not held up
  const { api } = await server.openAccount({ trial: true })
  await api.users.create(stranger(40))
  expect(await mailsTo(server, stranger(40).email)).toHaveLength(1)
  // and the mailbox is written to again a day later
  server.platform.clock.advance(day + 1_000)
  const later = await server.openAccount()
  await later.api.users.create({ ...stranger(0), email: spellings[0] ?? '' })
  await drain(server.platform)
  expect(invited()).toHaveLength(6)
})

test('whoever opens an account with the address of somebody does not have them mailed at each login', async ({
  server,
}) => {
  const account = await server.openAccount()
  await account.api.account.update({ security: { notifyLogins: true } })
  const before = (await mailsTo(server, account.ownerEmail)).length
  for (let n = 0; n < 12; n++) await account.login()
  expect((await mailsTo(server, account.ownerEmail)).length - before).toBeLessThanOrEqual(5)
})
