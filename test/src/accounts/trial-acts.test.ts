/** What an account in trial may do in a day is counted by what it did, not by what is left of it. */
import { trialContacts, trialContactsADay } from '@envoi/core/accounts/trial-contacts'
import { trialDomains } from '@envoi/core/senders/create-sender-domain'
import { trialInvitations } from '@envoi/core/users/invite-user'
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
