/** Passwords: how good, how changed, how found again. */
import { describe, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { request } from '../support/request.ts'
import { anyone, auditOf, linkIn, mailsTo, userWith } from './people.ts'

const hour = 3_600_000
const good = 'calm-otter-47-lantern'
const statusWith = async (url: string, token: string) =>
  (await request(`${url}/v1/account`, { token })).status

describe('one changes the own password', () => {
  test('with the one in use; all other sessions end, this one goes on, and a mail tells', async ({
    server,
    account,
  }) => {
    const scene = { server, account }
    const grace = await userWith(scene)
    const other = await grace.login()
    expect(
      await grace.api.users.changePassword({ currentPassword: grace.password, newPassword: `${good}-2` }),
    ).toEqual({})
    expect(await statusWith(server.url, other.accessToken)).toBe(401)
    expect((await grace.api.users.me()).id).toBe(grace.id)
    expect(await refusal(grace.login())).toMatchObject({ code: 'invalid_credentials' })
    await anyone(server).sessions.create({ email: grace.email, password: `${good}-2` })
    const record = (await auditOf(scene, grace.id)).filter(({ action }) => action === 'users.changePassword')
    expect(record).toMatchObject([{ outcome: 'success', actorId: grace.id, changed: ['password'] }])
    const [, told] = await mailsTo(server, grace.email)
    expect((await told?.parsed())?.subject).toBe('Votre mot de passe a été changé')
  })

  test('and is given a strong one when none is chosen', async ({ server, account }) => {
    const grace = await userWith({ server, account })
    const { password = '' } = await grace.api.users.changePassword({ currentPassword: grace.password })
    expect(password).toMatch(/^\w{20}$/)
    await anyone(server).sessions.create({ email: grace.email, password })
  })

  test('not without it, and each attempt is on record', async ({ server, account }) => {
    const scene = { server, account }
    const grace = await userWith(scene)
    for (const currentPassword of ['guessed it', grace.email, `${grace.password} `])
      expect(
        await refusal(grace.api.users.changePassword({ currentPassword, newPassword: `${good}-2` })),
      ).toEqual({ code: 'invalid', at: ['/currentPassword'] })
    await grace.login()
    const { length } = (await auditOf(scene, grace.id)).filter(
      ({ outcome }) => outcome === 'invalid_credentials',
    )
    expect(length).toBe(3)
  })

  test('no faster than at the login, for who guesses the one in use', async ({ server, account }) => {
    const grace = await userWith({ server, account })
    const guess = (currentPassword: string) => refusal(grace.api.users.changePassword({ currentPassword }))
    for (let n = 0; n < 6; n += 1) expect((await guess(`guess ${n}`)).code).toBe('invalid')
    // a right one has to wait as well
    expect((await guess(grace.password)).code).toBe('rate_limited')
    server.platform.clock.advance(60_000)
    await grace.api.users.changePassword({ currentPassword: grace.password })
  })

  test('once, of two changes at the same time', async ({ server, account }) => {
    const grace = await userWith({ server, account })
    const choices = [`${good}-a`, `${good}-b`]
    const tries = await Promise.allSettled(
      choices.map((newPassword) =>
        grace.api.users.changePassword({ currentPassword: grace.password, newPassword }),
      ),
    )
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const password = choices.find((_, index) => tries[index]?.status === 'fulfilled') ?? ''
    await anyone(server).sessions.create({ email: grace.email, password })
  })
})

describe('who has forgotten a password', () => {
  const ask = (url: string, email: string) => request(`${url}/v1/password-resets`, { body: { email } })

  test('is answered the same, and costs the same, whether there is such a user or not', async ({
    server,
    account,
  }) => {
    const scene = { server, account }
    const gone = await userWith(scene)
    await account.api.users.deactivate(gone.id)
    await mailsTo(server, account.ownerEmail)
    const trace = async (email: string) => {
      const { status, text, headers } = await ask(server.url, email)
      const { rows } = await server.platform.direct.query(
        `select account_id, name, jsonb_object_keys(payload) as payload, length(dedupe_key) as key, attempts
         from outbox where name = 'passwords.reset'`,
      )
      await server.platform.db.outbox.deleteMany({ where: { name: 'passwords.reset' } })
      const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'ratelimit'].includes(name))
      return { status, text, rows, headers: Object.fromEntries(kept) }
    }
    const unknown = await trace('nobody@example.com')
    expect(unknown).toMatchObject({ status: 204, text: '', rows: [{ name: 'passwords.reset' }] })
    expect(await trace(account.ownerEmail)).toEqual(unknown)
    expect(await trace(gone.email)).toEqual(unknown)
  })

  test('gets a link that works once, and all sessions end', async ({ server, account }) => {
    const scene = { server, account }
    const grace = await userWith(scene)
    const sessions = [await grace.login(), await grace.login()]
    await ask(server.url, ` ${grace.email.toUpperCase()}`.trim())
    const { token, url } = await linkIn(server, grace.email, 'passwordReset')
    for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(url, { method })).status).toBe(200)
    await grace.login()
    const tries = await Promise.allSettled(
      Array.from({ length: 4 }, (_, n) =>
        anyone(server).passwordResets.complete({ token, password: `${good}-${n}` }),
      ),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const chosen = tries.findIndex(({ status }) => status === 'fulfilled')
    for (const { accessToken } of sessions) expect(await statusWith(server.url, accessToken)).toBe(401)
    expect(await refusal(grace.login())).toMatchObject({ code: 'invalid_credentials' })
    await anyone(server).sessions.create({ email: grace.email, password: `${good}-${chosen}` })
    for (const method of ['GET', 'POST']) expect((await fetch(url, { method })).status).toBe(410)
    const record = (await auditOf(scene, grace.id)).filter(({ action }) =>
      action.startsWith('passwordResets.'),
    )
    expect(record).toMatchObject([
      { action: 'passwordResets.create', actorType: 'system', actorId: null, address: '127.0.0.1' },
      { action: 'passwordResets.complete', actorType: 'user', actorId: grace.id, changed: ['password'] },
    ])
    const mails = await mailsTo(server, grace.email)
    expect((await mails.at(-1)?.parsed())?.subject).toBe('Votre mot de passe a été changé')
  })

  test('has an hour; a page takes the new password as well, and shows one that it made', async ({
    server,
    account,
  }) => {
    const { clock } = server.platform
    const grace = await userWith({ server, account })
    await ask(server.url, grace.email)
    const late = await linkIn(server, grace.email, 'passwordReset')
    clock.advance(hour + 1_000)
    expect(await refusal(anyone(server).passwordResets.complete({ token: late.token }))).toMatchObject({
      code: 'link_ended',
    })
    expect((await fetch(late.url)).status).toBe(410)
    await ask(server.url, grace.email)
    const { url } = await linkIn(server, grace.email, 'passwordReset')
    const post = (fields: Record<string, string>) =>
      fetch(`${url}?lang=en`, { method: 'POST', body: new URLSearchParams(fields) })
    const weak = await post({ password: 'password1' })
    const html = await weak.text()
    expect([weak.status, html.includes('too easy to guess'), html.includes('password1')]).toEqual([
      422,
      true,
      false,
    ])
    const made = await (await post({ password: '' })).text()
    const [, password = ''] = /class="secret">(\w{20})</.exec(made) ?? []
    await anyone(server).sessions.create({ email: grace.email, password })
  })

  test('gets one mail in five minutes and five a day, and no more links than mails', async ({
    server,
    account,
  }) => {
    const grace = await userWith({ server, account })
    const sent = async () => {
      for (let n = 0; n < 3; n += 1) await ask(server.url, grace.email)
      return (await mailsTo(server, grace.email)).length - 1
    }
    expect([await sent(), await sent()]).toEqual([1, 1])
    const counts = []
    for (let n = 0; n < 6; n += 1) {
      server.platform.clock.advance(6 * 60_000)
      counts.push(await sent())
    }
    expect(counts).toEqual([2, 3, 4, 5, 5, 5])
  })

  test('gets nothing when deactivated or only invited; and a link ends with a deactivation', async ({
    server,
    account,
  }) => {
    const grace = await userWith({ server, account })
    await ask(server.url, grace.email)
    const { token } = await linkIn(server, grace.email, 'passwordReset')
    await account.api.users.deactivate(grace.id)
    const complete = () => refusal(anyone(server).passwordResets.complete({ token }))
    expect(await complete()).toMatchObject({ code: 'link_ended' })
    server.platform.clock.advance(6 * 60_000)
    const { length } = await mailsTo(server, grace.email)
    await ask(server.url, grace.email)
    expect(await mailsTo(server, grace.email)).toHaveLength(length)
    const { accessToken } = await account.login()
    await account.api.with(accessToken).users.reactivate(grace.id)
    expect(await complete()).toMatchObject({ code: 'link_ended' })
  })

  test('cannot use the link of another kind, or of another account', async ({ server, account }) => {
    const { token } = await linkIn(server, account.ownerEmail, 'confirmEmail')
    for (const call of [
      () => anyone(server).passwordResets.complete({ token }),
      () => anyone(server).invitations.accept({ token }),
      () => anyone(server).passwordResets.complete({ token: 'made up' }),
    ])
      expect(await refusal(call())).toMatchObject({ code: 'not_found' })
    // a link names its account under its signature: the row of another account is not found by it
    const stranger = await server.openAccount()
    await ask(server.url, stranger.ownerEmail)
    const theirs = await linkIn(server, stranger.ownerEmail, 'passwordReset')
    const bytes = Buffer.from(theirs.token, 'base64url')
    Buffer.from(account.id.replaceAll('-', ''), 'hex').copy(bytes, 3)
    const forged = bytes.toString('base64url')
    expect(await refusal(anyone(server).passwordResets.complete({ token: forged }))).toMatchObject({
      code: 'not_found',
    })
    await stranger.login()
  })
})

test('a password that holds a name of the account or the person is refused where it is chosen', async ({
  server,
}) => {
  const open = (password: string) =>
    anyone(server).accounts.create({
      name: 'Zephyrine Quillery',
      locale: 'fr-FR',
      timezone: 'Europe/Paris',
      owner: {
        email: `valdemar.oskarsson-${server.platform.newId()}@quagmire.example`,
        firstName: 'Thaddeus',
        lastName: 'Brackenridge',
        password,
      },
      termsVersion: '2026-01',
    })
  for (const password of ['zephyrinequillery', 'Thaddeus1', 'Brackenridge!', 'quagmire2026', 'Envoi2026!'])
    expect(await refusal(open(password))).toEqual({ code: 'invalid', at: ['/owner/password'] })
  await open(good)
})
