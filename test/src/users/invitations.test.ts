/** Somebody is invited, and accepts. */
import { approve, describe, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { request } from '../support/request.ts'
import { anyone, auditOf, invite, linkIn, mailsTo, userWith } from './people.ts'

const day = 86_400_000
const password = 'calm-otter-47-lantern'

describe('who was invited', () => {
  test('accepts with a password, and has what they were given and no more', async ({ server, account }) => {
    const scene = { server, account }
    const { id, email } = await invite(scene, { permissions: ['contacts:read', 'campaigns:read'] })
    expect(await account.api.users.get(id)).toMatchObject({
      status: 'invited',
      role: null,
      permissions: ['contacts:read', 'campaigns:read'],
      emailVerifiedAt: null,
    })
    expect(await refusal(anyone(server).sessions.create({ email, password }))).toMatchObject({
      code: 'invalid_credentials',
    })
    const { token } = await linkIn(server, email, 'invitation')
    const accepted = await anyone(server).invitations.accept({ token, lastName: 'Murray', password })
    expect(accepted).toMatchObject({ user: { id, status: 'active', firstName: 'Grace', lastName: 'Murray' } })
    expect(accepted.password).toBeUndefined()
    expect(accepted.user.emailVerifiedAt).not.toBeNull()
    const { accessToken } = await anyone(server).sessions.create({ email, password })
    const grace = anyone(server).with(accessToken)
    await grace.contacts.list()
    expect(await refusal(grace.contacts.create({ email }))).toMatchObject({ code: 'permission_missing' })
    expect((await auditOf(scene, id)).map(({ action, actorId }) => [action, actorId === id])).toEqual([
      ['users.create', false],
      ['invitations.accept', true],
    ])
  })

  test('who chooses no password is given a strong one, once', async ({ server, account }) => {
    const { email } = await invite({ server, account })
    const { token } = await linkIn(server, email, 'invitation')
    const accepted = await anyone(server).invitations.accept({ token })
    expect(accepted.password).toMatch(/^[\w]{20}$/)
    await anyone(server).sessions.create({ email, password: accepted.password ?? '' })
  })

  test('can use the link once, also when it is used many times at once', async ({ server, account }) => {
    const scene = { server, account }
    const { id, email } = await invite(scene)
    const { token, url } = await linkIn(server, email, 'invitation')
    const tries = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) =>
        anyone(server).invitations.accept({ token, password: `${password}-${n}` }),
      ),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of tries)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'link_ended' })
    const chosen = tries.findIndex(({ status }) => status === 'fulfilled')
    await anyone(server).sessions.create({ email, password: `${password}-${chosen}` })
    for (const method of ['GET', 'POST']) expect((await fetch(url, { method })).status).toBe(410)
    expect((await auditOf(scene, id)).map(({ action }) => action)).toEqual([
      'users.create',
      'invitations.accept',
    ])
  })

  test('can accept by each of the links sent, until one was used', async ({ server, account }) => {
    const { id, email } = await invite({ server, account })
    const first = await linkIn(server, email, 'invitation')
    server.platform.clock.advance(10 * 60_000)
    const { accessToken } = await account.login()
    await account.api.with(accessToken).users.repeatInvitation(id)
    const second = await linkIn(server, email, 'invitation')
    expect(second.token).not.toBe(first.token)
    await anyone(server).invitations.accept({ token: first.token })
    expect(await refusal(anyone(server).invitations.accept({ token: second.token }))).toMatchObject({
      code: 'link_ended',
    })
  })

  test('cannot accept after seven days', async ({ server, account }) => {
    const { email } = await invite({ server, account })
    const { token, url } = await linkIn(server, email, 'invitation')
    server.platform.clock.advance(7 * day + 1_000)
    expect(await refusal(anyone(server).invitations.accept({ token }))).toMatchObject({ code: 'link_ended' })
    for (const method of ['GET', 'POST']) expect((await fetch(url, { method })).status).toBe(410)
  })

  test('cannot accept once the invitation was withdrawn', async ({ server, account }) => {
    const { users } = account.api
    const [deleted, deactivated] = [await invite({ server, account }), await invite({ server, account })]
    const links = [
      await linkIn(server, deleted.email, 'invitation'),
      await linkIn(server, deactivated.email, 'invitation'),
    ]
    await users.delete(deleted.id)
    await users.deactivate(deactivated.id)
    const codes = []
    for (const { token } of links)
      codes.push((await refusal(anyone(server).invitations.accept({ token }))).code)
    expect(codes).toEqual(['not_found', 'link_ended'])
    expect((await users.reactivate(deactivated.id)).status).toBe('invited')
    server.platform.clock.advance(10 * 60_000)
    const { token } = await linkIn(server, deactivated.email, 'invitation')
    expect(token).not.toBe(links[1]?.token)
    expect((await anyone(server).invitations.accept({ token })).user.status).toBe('active')
  })
})

describe('inviting', () => {
  test('the same person many times at once makes one user and one mail', async ({ server, account }) => {
    const email = `twice-${server.platform.newId()}@example.com`
    const once = (name: string) =>
      account.api.users.create({ email: name, firstName: 'Grace', lastName: 'Hopper', role: 'analyst' })
    const tries = await Promise.allSettled([email, email.toUpperCase(), email, email, email].map(once))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of tries)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'conflict', errors: [{ pointer: '/email' }] })
    expect((await account.api.users.list()).data.filter((user) => user.email === email)).toHaveLength(1)
    expect(await mailsTo(server, email)).toHaveLength(1)
  })

  test('does not tell whether an address has a login elsewhere; its holder learns it when accepting', async ({
    server,
    account,
  }) => {
    const elsewhere = await server.openAccount()
    const person = { firstName: 'Grace', lastName: 'Hopper', role: 'analyst' as const }
    const shape = async (email: string) => {
      const answer = await request(`${server.url}/v1/users`, {
        token: account.accessToken,
        body: { email, ...person },
      })
      return { status: answer.status, keys: Object.keys(answer.body) }
    }
    const known = await shape(elsewhere.ownerEmail)
    expect(known.status).toBe(201)
    expect(await shape(`nobody-${server.platform.newId()}@example.com`)).toEqual(known)
    server.platform.clock.advance(10 * 60_000)
    const { token, url } = await linkIn(server, elsewhere.ownerEmail, 'invitation')
    expect(await refusal(anyone(server).invitations.accept({ token, password }))).toMatchObject({
      code: 'conflict',
    })
    const body = new URLSearchParams({ firstName: 'Grace', lastName: 'Hopper', password })
    const answer = await fetch(`${url}?lang=en`, { method: 'POST', body })
    expect([answer.status, await answer.text()]).toEqual([
      422,
      expect.stringContaining('has a login in another'),
    ])
    // nothing was spent, and the login elsewhere is as it was
    expect((await fetch(url)).status).toBe(200)
    await elsewhere.login()
  })

  test('in a trial ends at ten users', async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    for (let n = 0; n < 9; n += 1) await invite({ server, account })
    await expect(invite({ server, account })).rejects.toMatchObject({ code: 'trial_restricted' })
    await approve(server.operator, account.id)
    await invite({ server, account })
  })
})

test('what is not asked for cannot be set', async ({ server, account }) => {
  const scene = { server, account }
  const { id, email } = await invite(scene)
  const { token } = await linkIn(server, email, 'invitation')
  const person = { email: 'x@example.com', firstName: 'a', lastName: 'b', role: 'analyst' }
  const stranger = await server.openAccount()
  const smuggled: Record<string, unknown> = {
    accountId: stranger.id,
    status: 'active',
    emailVerifiedAt: '2026-01-01T00:00:00.000Z',
    passwordHash: 'x',
    id: '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d',
    version: 9,
    '__proto__.role': 'owner',
    constructor: {},
  }
  const calls = [
    { path: '/v1/users', method: 'POST', body: person },
    { path: `/v1/users/${id}`, method: 'PATCH', body: {} },
    { path: '/v1/users/me', method: 'PATCH', body: {} },
    { path: '/v1/invitations/accept', method: 'POST', body: { token } },
    { path: '/v1/password-resets', method: 'POST', body: { email } },
  ]
  for (const { path, method, body } of calls) {
    for (const [field, value] of Object.entries(smuggled)) {
      const answer = await request(server.url + path, {
        method,
        token: account.accessToken,
        body: { ...body, [field]: value },
      })
      expect([path, field, answer.status, answer.body.code]).toEqual([path, field, 400, 'malformed'])
    }
  }
  for (const [field, value] of [
    ['role', 'owner'],
    ['permissions', ['users:manage']],
    ['email', 'x@y.example'],
  ])
    expect(
      (
        await request(`${server.url}/v1/users/me`, {
          method: 'PATCH',
          token: account.accessToken,
          body: { [field as string]: value },
        })
      ).status,
    ).toBe(400)
  expect(await account.api.users.get(id)).toMatchObject({
    status: 'invited',
    role: 'marketer',
    emailVerifiedAt: null,
  })
  const mine = await userWith(scene)
  expect((await mine.api.users.updateMe({ firstName: ' Amazing Grace ' })).firstName).toBe('Amazing Grace')
})
