/** Who can close an account, and what stops at once. */
import { drain } from '@envoi/workers'
import * as make from '../contract/make.ts'
import { campaignTo } from '../support/audience.ts'
import { enrol } from '../support/authenticator.ts'
import { test as base, describe, expect, type TestAccount } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { mailsTo, userWith } from '../users/people.ts'

const test = base.extend<{ home: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

const confirm = 'Atelier Ada'

describe('an account is not closed', () => {
  test('by a key or an admin, not even with the password', async ({ server, home }) => {
    const key = await home.as({ role: 'owner' })
    const admin = await userWith({ server, account: home }, { role: 'admin' })
    for (const [api, password] of [
      [key, home.ownerPassword],
      [admin.api, admin.password],
    ] as const) {
      const refused = await refusal(api.accountClosure.request({ confirm, password }))
      expect(refused).toMatchObject({ code: 'permission_missing' })
    }
    expect((await home.api.account.get()).status).toBe('active')
  })

  test('under another name, in another case, or without a proof', async ({ home }) => {
    const { api, ownerPassword: password } = home
    for (const [body, at] of [
      [{ confirm: 'atelier ada', password }, '/confirm'],
      [{ confirm: 'Atelier Ada ', password }, '/confirm'],
      [{ confirm }, '/password'],
      [{ confirm, totp: '123456' }, '/password'],
      [{ confirm, password: 'guessed it' }, '/password'],
    ] as const)
      expect(await refusal(api.accountClosure.request(body))).toEqual({ code: 'invalid', at: [at] })
    expect(await refusal(api.accountClosure.get())).toMatchObject({ code: 'not_found' })
    expect(await refusal(api.accountClosure.cancel())).toMatchObject({ code: 'not_found' })
  })

  test('by guessing: wrong passwords are slowed down, and a right one waits as well', async ({ account }) => {
    const { api, ownerPassword } = account
    const request = (password: string) => refusal(api.accountClosure.request({ confirm, password }))
    const codes: (string | undefined)[] = []
    for (let guess = 0; guess < 7; guess += 1) codes.push((await request(`guess ${guess}`)).code)
    expect(codes).toEqual([...Array(6).fill('invalid'), 'rate_limited'])
    expect((await request(ownerPassword)).code).toBe('rate_limited')
  })
})

test('who has a second factor proves it with that; a recovery code is one', async ({ server, account }) => {
  const { api, ownerPassword: password } = account
  const { recoveryCodes } = await enrol(server, account)
  const refused = await refusal(api.accountClosure.request({ confirm, password }))
  expect(refused).toEqual({ code: 'invalid', at: ['/totp'] })
  const [totp = ''] = recoveryCodes
  expect(await api.accountClosure.request({ confirm, totp })).toMatchObject({ status: 'cooling' })
})

test('a request that is repeated for want of an answer gets the answer it had', async ({
  account: { api, ownerPassword },
}) => {
  const body = { confirm, password: ownerPassword }
  const first = await api.accountClosure.request(body, { idempotencyKey: 'close' })
  expect(await api.accountClosure.request(body, { idempotencyKey: 'close' })).toEqual(first)
  expect(await refusal(api.accountClosure.request(body))).toMatchObject({ code: 'account_closing' })
})

test('of two requests at once one closes the account, and every admin is told once', async ({
  server,
  account,
}) => {
  const admin = await userWith({ server, account }, { role: 'admin' })
  const body = { confirm, password: account.ownerPassword }
  const both = await Promise.allSettled([1, 2].map(async () => account.api.accountClosure.request(body)))
  const failed = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(failed).toEqual([expect.objectContaining({ code: 'account_closing' })])
  for (const email of [account.ownerEmail, admin.email]) {
    const texts = await Promise.all(
      (await mailsTo(server, email)).map(async (mail) => (await mail.parsed()).subject),
    )
    expect(texts.filter((subject) => subject?.includes('clôture'))).toHaveLength(1)
  }
})

test('what is being sent stops, what is planned is a draft again, and both stay so when the closing is called back', async ({
  server,
  account,
  mail,
}) => {
  const { api, ownerPassword: password } = account
  const scene = { server, account }
  const planned = await make.sendableCampaign(scene)
  await api.campaigns.schedule(planned, { at: '2100-01-01T00:00:00.000Z' })
  const { id } = await campaignTo(server, account, 3)
  await api.campaigns.send(id)
  await api.accountClosure.request({ confirm, password })
  await drain(server.platform)
  expect(mail.received.filter(({ from }) => from.includes('atelier'))).toEqual([])
  await api.accountClosure.cancel()
  await drain(server.platform)
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'paused', statusReason: 'account_closing' })
  expect(await api.campaigns.get(planned)).toMatchObject({ status: 'draft', statusReason: 'account_closing' })
  await api.campaigns.resume(id)
  await drain(server.platform)
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'sent', counts: { sent: 3 } })
})
