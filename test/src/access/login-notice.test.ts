import { vi } from 'vitest'
import { expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { mailsTo, userWith } from '../users/people.ts'

// many requests, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 })

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

test('each login is told to owners and admins, when the account asks for it, and to nobody else', async ({
  server,
  account,
}) => {
  const scene = { server, account }
  const admin = await userWith(scene, { role: 'admin' })
  const marketer = await userWith(scene)
  const login = (userAgent: string) =>
    request(`${server.url}/v1/sessions`, {
      headers: { 'user-agent': userAgent },
      body: { email: marketer.email, password: marketer.password },
    })
  const notices = async (email: string) => {
    const mails = await Promise.all((await mailsTo(server, email)).map((mail) => mail.parsed()))
    return mails.filter(({ subject }) => subject === 'Nouvelle connexion').map(({ text = '' }) => text)
  }
  await login(firefox)
  expect(await notices(admin.email)).toEqual([])

  await account.api.account.update({ security: { notifyLogins: true } })
  await login(firefox)
  await login('open http://evil.example now')
  // a login that fails opens nothing
  await request(`${server.url}/v1/sessions`, { body: { email: marketer.email, password: 'guessed it' } })
  const told = await notices(admin.email)
  expect(told).toHaveLength(2)
  expect(await notices(account.ownerEmail)).toEqual(told)
  expect(await notices(marketer.email)).toEqual([])
  expect(told[0]).toContain(marketer.email)
  expect(told[0]).toContain('127.0.0.1')
  expect(told[0]).toContain('Firefox, Linux')
  expect(told[1]).toContain('inconnu (nouveau)')
  expect(told.join()).not.toContain('evil.example')
})
