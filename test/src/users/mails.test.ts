/** Mails of the platform to its users: what they say, to whom, once. */
import { onTestFinished } from 'vitest'
import { platformSender, type ReceivedMail } from '../servers/smtp-server.ts'
import { approve, describe, expect, test } from '../support/fixture.ts'
import { anyone, invite, linkIn, mailsTo, userWith } from './people.ts'

const minute = 60_000

async function read(mail: ReceivedMail | undefined) {
  if (mail === undefined) throw new Error('there is no mail')
  return { raw: mail.raw.toString(), ...(await mail.parsed()) }
}

describe('who opens an account', () => {
  test.for([
    ['fr-FR', 'fr', 'Confirmez votre adresse'],
    ['en-GB', 'en', 'Please confirm your address'],
    ['de-DE', 'en', 'Please confirm your address'],
  ] as const)(
    'is asked to confirm the address, in the language of %s, with nothing in it that was typed',
    async ([locale, language, subject], { server }) => {
      const email = `owner-${server.platform.newId()}@example.com`
      await anyone(server).accounts.create({
        name: 'WIN at bad.example',
        locale,
        timezone: 'Europe/Paris',
        owner: { email, firstName: 'https://bad.example', lastName: 'Prize' },
        termsVersion: '2026-01',
      })
      const [mail, ...others] = await mailsTo(server, email)
      expect(others).toEqual([])
      expect(mail?.from).toBe(platformSender)
      const received = await read(mail)
      expect(received.subject).toBe(subject)
      expect(received.html).toContain(`lang="${language}"`)
      expect(received.from?.value).toEqual([{ name: 'Envoi', address: platformSender }])
      expect(received.headers.get('auto-submitted')).toBe('auto-generated')
      expect(received.raw).not.toMatch(/^List-Unsubscribe/m)
      const both = `${received.html} ${received.text}`
      expect(both).not.toMatch(/<img|bad\.example|Prize|WIN/)
      const links = new Set([...both.matchAll(/https?:[^\s"<]+/g)].map(([url]) => url))
      expect([...links]).toEqual([expect.stringMatching(/\/users\/confirm\/[\w-]{80,}$/)])
    },
  )
})

describe('what the operator decides', () => {
  test('is told to owners and admins, with the reason, and to nobody else', async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    const scene = { server, account }
    const admin = await userWith(scene, { role: 'admin' })
    const marketer = await userWith(scene)
    const { operator } = server.operator
    const steps = [
      () => approve(server.operator, account.id),
      () => operator.suspendAccount(account.id, { reason: 'Complaints above 0.3 %.' }),
      () => operator.reopenAccount(account.id),
    ]
    for (const step of steps) {
      await step()
      await mailsTo(server, admin.email)
    }
    const subjects = async (email: string) =>
      Promise.all((await mailsTo(server, email)).map(async (mail) => (await read(mail)).subject))
    const told = ['Votre compte est approuvé', 'Votre compte est suspendu', 'Votre compte est rouvert']
    expect((await subjects(account.ownerEmail)).slice(1)).toEqual(told)
    expect((await subjects(admin.email)).slice(1)).toEqual(told)
    expect((await subjects(marketer.email)).slice(1)).toEqual([])
    const mails = await mailsTo(server, admin.email)
    expect((await read(mails[2])).text).toContain('Complaints above 0.3 %.')
    expect((await read(mails[3])).text).not.toContain('Complaints')
  })

  test.for([
    ['fr-FR', 'fr', ['n’a pas été approuvé', 'est rouvert', 'est approuvé', 'est suspendu']],
    ['en-GB', 'en', ['was not approved', 'is open again', 'is approved', 'is suspended']],
  ] as const)(
    'is told in the language of %s for each verdict, as HTML and text that no robot answers',
    async ([locale, language, told], { server }) => {
      const account = await server.openAccount({ trial: true })
      await account.api.account.update({ locale })
      const { operator } = server.operator
      const reason = 'No such company.'
      const verdicts = [
        () => operator.refuseAccount(account.id, { reason }),
        () => operator.reopenAccount(account.id),
        () => approve(server.operator, account.id),
        () => operator.suspendAccount(account.id, { reason }),
      ]
      for (const [index, decide] of verdicts.entries()) {
        await decide()
        const mail = await read((await mailsTo(server, account.ownerEmail)).at(-1))
        expect(mail.subject).toContain(told[index])
        expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
        expect(mail.html).toContain(`lang="${language}"`)
        for (const text of [mail.html || '', mail.text ?? ''])
          expect(text.includes(reason)).toBe(index === 0 || index === 3)
      }
      expect(await mailsTo(server, account.ownerEmail)).toHaveLength(5)
    },
  )

  test('is not told once it is no longer so', async ({ server, account }) => {
    const { operator } = server.operator
    await mailsTo(server, account.ownerEmail)
    await operator.suspendAccount(account.id, { reason: 'A mistake' })
    await operator.reopenAccount(account.id)
    const [, , ...last] = await mailsTo(server, account.ownerEmail)
    expect(await Promise.all(last.map(async (mail) => (await read(mail)).subject))).toEqual([
      'Votre compte est rouvert',
    ])
  })
})

describe('names that others typed', () => {
  test('start no header and make no link in an invitation', async ({ server, account }) => {
    const scene = { server, account }
    const name = 'WIN https://bad.example\r\nBcc: victim@example.com\u202e'
    await server.platform.db.account.update({ where: { id: account.id }, data: { name } })
    const { email } = await invite(scene)
    const [mail] = await mailsTo(server, email)
    expect(mail?.to).toEqual([email])
    const received = await read(mail)
    expect([...received.headers.keys()]).not.toContain('bcc')
    expect(received.subject).toContain('WIN')
    expect(received.subject).not.toMatch(/[\r\n\u202e]/)
    const both = `${received.subject} ${received.html} ${received.text}`
    expect(both).not.toMatch(/bad\.example|:\/\/bad|victim@example/)
  })

  test('are refused with line breaks, wherever they are given', async ({ server, account }) => {
    const name = 'Ada\r\nBcc: victim@example.com'
    const refused = { status: 400 }
    const { users } = account.api
    await expect(users.updateMe({ firstName: name })).rejects.toMatchObject(refused)
    await expect(account.api.account.update({ name })).rejects.toMatchObject(refused)
    await expect(
      users.create({ email: 'a@b.example', firstName: name, lastName: 'x', role: 'analyst' }),
    ).rejects.toMatchObject(refused)
    const { email } = await invite({ server, account })
    const { token, url } = await linkIn(server, email, 'invitation')
    await expect(anyone(server).invitations.accept({ token, lastName: name })).rejects.toMatchObject(refused)
    const body = new URLSearchParams({ firstName: name, lastName: 'x' })
    const answer = await fetch(url, { method: 'POST', body })
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('prénom')])
  })
})

describe('a mail that cannot leave', () => {
  test('is tried again with another secret, and what is kept of it is a hash', async ({
    server,
    account,
    mail,
  }) => {
    const { db, direct: pool, clock } = server.platform
    const { id, email } = await invite({ server, account })
    onTestFinished(
      mail.misbehave({ to: email, times: 1 }, { at: 'end', keep: true, reply: '451 4.3.0 Try again' }),
    )
    const first = await linkIn(server, email, 'invitation')
    const where = { accountId: account.id, userId: id }
    expect(await db.userMail.findFirst({ where })).toMatchObject({ state: 'deferred', attempts: 1 })
    clock.advance(10 * minute)
    const second = await linkIn(server, email, 'invitation')
    expect(await db.userMail.findFirst({ where })).toMatchObject({ state: 'sent', attempts: 2 })
    expect(second.token).not.toBe(first.token)
    const { rows } = await pool.query(
      `select string_agg(t::text, ' ') as dump from (
         select user_link::text from user_link union all select user_mail::text from user_mail
         union all select outbox::text from outbox union all select audit_event::text from audit_event
       ) as all_of_it (t)`,
    )
    const secret = Buffer.from(second.token, 'base64url').subarray(35, 51)
    for (const trace of [second.token, secret.toString('hex'), secret.toString('base64'), email])
      expect(rows[0].dump).not.toContain(trace)
    expect((await fetch(first.url)).status).toBe(404)
    expect((await fetch(second.url)).status).toBe(200)
  })

  test('is given up after some tries', async ({ server, account, mail }) => {
    const { id, email } = await invite({ server, account })
    onTestFinished(mail.misbehave({ to: email }, { at: 'rcpt', reply: '451 4.3.0 Try again' }))
    for (let time = 0; time < 12; time += 1) {
      await mailsTo(server, email)
      server.platform.clock.advance(6 * 60 * minute)
    }
    const where = { accountId: account.id, userId: id }
    expect(await server.platform.db.userMail.findFirst({ where })).toMatchObject({
      state: 'failed',
      reason: 'retries_exhausted',
      attempts: 8,
    })
  })

  test('is not sent to who has been deleted meanwhile', async ({ server, account }) => {
    const { id, email } = await invite({ server, account })
    await account.api.users.delete(id)
    expect(await mailsTo(server, email)).toEqual([])
  })
})

test('an address gets one invitation in five minutes, and five a day, however it is asked for', async ({
  server,
  account,
}) => {
  const email = `often-${server.platform.newId()}@example.com`
  const { users } = account.api
  const again = async () => {
    const { id } = await users.create({ email, firstName: 'Grace', lastName: 'Hopper', role: 'analyst' })
    await mailsTo(server, email)
    await users.repeatInvitation(id)
    const { length } = await mailsTo(server, email)
    await users.delete(id)
    server.platform.clock.advance(6 * minute)
    return length
  }
  expect([await again(), await again(), await again()]).toEqual([1, 2, 3])
  expect([await again(), await again(), await again(), await again()]).toEqual([4, 5, 5, 5])
  server.platform.clock.advance(24 * 60 * minute)
  expect(await again()).toBe(6)
})

test('what is kept of mails and links goes after a month', async ({ server, account }) => {
  const { email } = await invite({ server, account })
  await mailsTo(server, email)
  const where = { accountId: account.id }
  const { db, clock } = server.platform
  const count = async () => [await db.userMail.count({ where }), await db.userLink.count({ where })]
  expect(await count()).toEqual([3, 2])
  clock.advance(29 * 24 * 60 * minute)
  await mailsTo(server, email)
  expect(await count()).toEqual([3, 2])
  clock.advance(9 * 24 * 60 * minute)
  await mailsTo(server, email)
  expect(await count()).toEqual([0, 0])
})
