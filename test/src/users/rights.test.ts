/** Who may change whom. */
import { describe, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { request } from '../support/request.ts'
import { auditOf, invite, ownerOf, type Person, userWith } from './people.ts'

const missing = { code: 'permission_missing' }
const statusWith = async (url: string, token: string) =>
  (await request(`${url}/v1/account`, { token })).status

describe('nobody gives what they do not have:', () => {
  test('a manager of users gives their own permissions, and no role beyond them', async ({
    server,
    account,
  }) => {
    const scene = { server, account }
    const manager = await userWith(scene, { permissions: ['users:manage', 'contacts:read', 'account:read'] })
    const { id } = await invite(scene, { permissions: ['contacts:read'] }, manager.api)
    for (const rights of [
      { role: 'owner' as const },
      { role: 'admin' as const },
      { role: 'marketer' as const },
      { permissions: ['contacts:read', 'contacts:delete'] },
    ]) {
      expect(await refusal(invite(scene, rights, manager.api))).toMatchObject(missing)
      expect(await refusal(manager.api.users.update(id, rights as { role: 'owner' }))).toMatchObject(missing)
      expect(await refusal(manager.api.users.update(manager.id, rights as { role: 'owner' }))).toMatchObject(
        missing,
      )
    }
    expect((await account.api.users.get(id)).permissions).toEqual(['contacts:read'])
  })

  test('an admin makes admins, but no owner; nor does a key, whatever its role', async ({
    server,
    account,
  }) => {
    const scene = { server, account }
    const admin = await userWith(scene, { role: 'admin' })
    const key = await account.as({ role: 'owner' })
    for (const api of [admin.api, key]) {
      const { id } = await invite(scene, { role: 'admin' }, api)
      expect(await refusal(invite(scene, { role: 'owner' }, api))).toMatchObject(missing)
      expect(await refusal(api.users.update(id, { role: 'owner' }))).toMatchObject(missing)
      expect(await refusal(api.users.transferOwnership(id))).toMatchObject(missing)
    }
    expect(await refusal(admin.api.users.update(admin.id, { role: 'owner' }))).toMatchObject(missing)
  })
})

test('who may do more is not changed by who may do less', async ({ server, account }) => {
  const scene = { server, account }
  const owner = await ownerOf(scene)
  const admin = await userWith(scene, { role: 'admin' })
  const manager = await userWith(scene, { permissions: ['users:manage'] })
  const invited = await invite(scene, { role: 'owner' })
  const above: [Person, string[]][] = [
    [admin, [owner, invited.id]],
    [manager, [owner, admin.id, invited.id]],
  ]
  for (const [{ api }, targets] of above) {
    for (const id of targets) {
      for (const attempt of [
        () => api.users.update(id, { firstName: 'Nobody' }),
        () => api.users.update(id, { permissions: ['users:manage'] }),
        () => api.users.deactivate(id),
        () => api.users.delete(id),
      ])
        expect(await refusal(attempt())).toMatchObject(missing)
    }
    expect(await refusal(api.users.repeatInvitation(invited.id))).toMatchObject(missing)
  }
  expect((await account.api.users.get(owner)).status).toBe('active')
  expect((await admin.api.users.deactivate(manager.id)).status).toBe('deactivated')
})

describe('a deactivation', () => {
  test('ends every session at once, for good', async ({ server, account }) => {
    const scene = { server, account }
    const grace = await userWith(scene)
    const sessions = [await grace.login(), await grace.login()]
    for (const { accessToken } of sessions) expect(await statusWith(server.url, accessToken)).toBe(200)
    expect((await account.api.users.deactivate(grace.id)).status).toBe('deactivated')
    const refused = async () => {
      for (const { accessToken, refreshToken } of sessions) {
        expect(await statusWith(server.url, accessToken)).toBe(401)
        expect(await refusal(account.api.sessions.refresh({ refreshToken }))).toMatchObject({
          code: 'invalid_credentials',
        })
      }
    }
    await refused()
    expect(await refusal(grace.login())).toMatchObject({ code: 'invalid_credentials' })
    expect((await account.api.users.deactivate(grace.id)).status).toBe('deactivated')
    expect((await account.api.users.reactivate(grace.id)).status).toBe('active')
    await refused()
    const { accessToken } = await grace.login()
    expect(await statusWith(server.url, accessToken)).toBe(200)
    const actions = (await auditOf(scene, grace.id)).map(({ action, changed }) => [action, changed])
    expect(actions.filter(([action]) => action !== 'sessions.create').slice(2)).toEqual([
      ['users.deactivate', ['status']],
      ['users.deactivate', []],
      ['users.reactivate', ['status']],
    ])
  })

  test('is undone by who could give those rights only', async ({ server, account }) => {
    const scene = { server, account }
    const admin = await userWith(scene, { role: 'admin' })
    const manager = await userWith(scene, { permissions: ['users:manage'] })
    await account.api.users.deactivate(admin.id)
    expect(await refusal(manager.api.users.reactivate(admin.id))).toMatchObject(missing)
    await account.api.users.reactivate(admin.id)
  })
})

test('rights that change hold at once, in open sessions too', async ({ server, account }) => {
  const grace = await userWith({ server, account })
  await grace.api.contacts.create({ email: 'ada@example.com' })
  await account.api.users.update(grace.id, { permissions: ['contacts:read'] })
  expect(await refusal(grace.api.contacts.create({ email: 'bob@example.com' }))).toMatchObject(missing)
  const changed = await account.api.users.update(grace.id, { role: 'marketer' })
  expect(changed).toMatchObject({ role: 'marketer' })
  await grace.api.contacts.create({ email: 'bob@example.com' })
})

test('a deleted user is gone with sessions and address, and may be invited again', async ({
  server,
  account,
}) => {
  const scene = { server, account }
  const grace = await userWith(scene)
  const { accessToken } = await grace.login()
  await account.api.users.delete(grace.id)
  expect(await statusWith(server.url, accessToken)).toBe(401)
  expect(await refusal(grace.login())).toMatchObject({ code: 'invalid_credentials' })
  expect(await refusal(account.api.users.get(grace.id))).toMatchObject({ code: 'not_found' })
  const { rows } = await server.platform.direct.query(
    `select count(*)::integer as found from "user" left join session on session.user_id = "user".id
     left join user_link on user_link.user_id = "user".id where "user".id = $1
     union all select count(*)::integer from credential_index where subject_id = $1`,
    [grace.id],
  )
  expect(rows).toEqual([{ found: 0 }, { found: 0 }])
  await account.api.users.create({
    email: grace.email,
    firstName: 'Grace',
    lastName: 'Hopper',
    role: 'admin',
  })
})

describe('the last owner', () => {
  test('stays', async ({ server, account }) => {
    const scene = { server, account }
    const owner = await ownerOf(scene)
    // somebody who was only invited is not one yet
    await invite(scene, { role: 'owner' })
    const { users } = account.api
    for (const attempt of [
      () => users.update(owner, { role: 'admin' }),
      () => users.update(owner, { permissions: ['users:manage'] }),
      () => users.deactivate(owner),
      () => users.delete(owner),
    ])
      expect(await refusal(attempt())).toMatchObject({ code: 'last_owner' })
    expect(await users.me()).toMatchObject({ role: 'owner', status: 'active' })
  })

  const leaving = {
    deactivate: (api: Person['api'], id: string) => api.users.deactivate(id),
    demote: (api: Person['api'], id: string) => api.users.update(id, { role: 'analyst' }),
    delete: (api: Person['api'], id: string) => api.users.delete(id),
  }
  test.for(Object.keys(leaving) as (keyof typeof leaving)[])(
    'of two that leave at once (%s), exactly one succeeds',
    { timeout: 60_000 },
    async (how, { server, account }) => {
      const scene = { server, account }
      for (let round = 0; round < 4; round += 1) {
        const people = [await userWith(scene, { role: 'owner' }), await userWith(scene, { role: 'owner' })]
        const [first] = people
        const others = await server.platform.db.user.findMany({
          where: { accountId: account.id, role: 'owner', id: { notIn: people.map(({ id }) => id) } },
        })
        // those of before are set aside
        for (const { id } of others)
          await server.platform.db.user.update({
            where: { accountId_id: { accountId: account.id, id } },
            data: { role: 'admin' },
          })
        const tries = await Promise.allSettled(people.map(({ api, id }) => leaving[how](api, id)))
        expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
        const refused = tries.find((outcome) => outcome.status === 'rejected')
        expect(refused?.reason).toMatchObject({ code: 'last_owner' })
        const left = await server.platform.db.user.count({
          where: { accountId: account.id, role: 'owner', status: 'active' },
        })
        expect(left).toBe(1)
        // the owner of the account is one again, for the next round
        const stays = people.find((_, index) => tries[index]?.status === 'rejected') ?? first
        await stays?.api.users.update(await ownerOf(scene), { role: 'owner' })
      }
    },
  )

  test('of two that remove each other at once, one is left', async ({ server, account }) => {
    const scene = { server, account }
    const [ada, grace] = [await userWith(scene, { role: 'owner' }), await userWith(scene, { role: 'owner' })]
    const owner = await ownerOf(scene)
    await account.api.users.update(owner, { role: 'analyst' })
    const tries = await Promise.allSettled([
      ada.api.users.deactivate(grace.id),
      grace.api.users.deactivate(ada.id),
    ])
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const left = await server.platform.db.user.findMany({
      where: { accountId: account.id, role: 'owner', status: 'active' },
    })
    expect(left).toHaveLength(1)
  })

  test('hands the account over, and is an admin', async ({ server, account }) => {
    const scene = { server, account }
    const owner = await ownerOf(scene)
    const grace = await userWith(scene)
    const waiting = await invite(scene)
    expect(await refusal(account.api.users.transferOwnership(waiting.id))).toMatchObject({ code: 'invalid' })
    expect(await account.api.users.transferOwnership(grace.id)).toMatchObject({ id: grace.id, role: 'owner' })
    expect(await account.api.users.me()).toMatchObject({ id: owner, role: 'admin' })
    expect(await refusal(account.api.users.transferOwnership(grace.id))).toMatchObject(missing)
    expect((await auditOf(scene, owner)).at(-1)).toMatchObject({
      action: 'users.transferOwnership',
      changed: ['role'],
    })
    // twice at once to two people: one of them has it
    const others = [await userWith(scene), await userWith(scene)]
    await Promise.allSettled(others.map(({ id }) => grace.api.users.transferOwnership(id)))
    const owners = await server.platform.db.user.count({ where: { accountId: account.id, role: 'owner' } })
    expect(owners).toBe(1)
  })
})
