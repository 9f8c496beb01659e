/** Keys belong to whoever was shown them: they end with that person, and evade no rule that holds for that person. */
import type { Envoi } from '@envoi/sdk'
import { enrol } from '../support/authenticator.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { request } from '../support/request.ts'
import { anyone, ownerOf, type Person, userWith } from '../users/people.ts'

const key = (api: Envoi, role: 'admin' | 'analyst' | 'developer' = 'admin', name = 'key') =>
  api.apiKeys.create({ name, role })
const worksWith = async ({ url }: TestServer, token: string) =>
  (await request(`${url}/v1/account`, { token })).status === 200

async function tokenOf(api: Envoi, { id, key }: { id: string; key: string }) {
  const form = { grant_type: 'client_credentials' as const, client_id: id, client_secret: key }
  return (await api.oauth.token(form)).access_token
}

test('a key says who made it and who rotated it, in person or with which key', async ({
  server,
  account,
}) => {
  const owner = await ownerOf({ server, account })
  const admin = await userWith({ server, account }, { role: 'admin' })
  const first = await key(admin.api)
  expect(first).toMatchObject({ createdBy: admin.id, createdWith: null, rotatedBy: null })
  const second = await key(anyone(server).with(first.key))
  expect(second).toMatchObject({ createdBy: admin.id, createdWith: first.id })
  const rotated = await account.api.apiKeys.rotate(first.id)
  expect(rotated).toMatchObject({ createdBy: admin.id, rotatedBy: owner })
  // with a key that is the owner's by now
  const third = await key(anyone(server).with(rotated.key))
  expect(await account.api.apiKeys.get(third.id)).toMatchObject({ createdBy: owner, createdWith: first.id })
})

/** Everything that an admin knows when they leave, and what has been taken from them before. */
async function leaving(server: TestServer, account: TestAccount) {
  const admin = await userWith({ server, account }, { role: 'admin' })
  const own = await key(admin.api)
  const made = await key(anyone(server).with(own.key))
  const handedOver = await key(admin.api)
  const rotated = await account.api.apiKeys.rotate(handedOver.id, { overlap: 'P7D' })
  const taken = await key(account.api)
  const seen = await admin.api.apiKeys.rotate(taken.id)
  const harmless = await key(admin.api, 'analyst')
  const tokens = [await tokenOf(admin.api, own), await tokenOf(admin.api, handedOver)]
  const states = () =>
    Promise.all(
      [own.key, made.key, seen.key, taken.key, handedOver.key, ...tokens, harmless.key, rotated.key].map(
        (one) => worksWith(server, one),
      ),
    )
  return { admin, states }
}

describe('whoever leaves takes no key along:', () => {
  const ways: [string, (admin: Person, api: Envoi) => Promise<unknown>, boolean[]][] = [
    [
      'deactivated, all that they know end',
      ({ id }, api) => api.users.deactivate(id),
      [false, false, false, false, false, false, false, false, true],
    ],
    [
      'deleted, all that they know end',
      ({ id }, api) => api.users.delete(id),
      [false, false, false, false, false, false, false, false, true],
    ],
    [
      'given fewer rights, those that may do more end',
      ({ id }, api) => api.users.update(id, { role: 'analyst' }),
      [false, false, false, false, false, false, false, true, true],
    ],
    [
      'deactivated with their keys kept, none ends',
      ({ id }, api) => api.users.deactivate(id, { keepApiKeys: true }),
      [true, true, true, true, true, true, true, true, true],
    ],
    [
      'renamed, none ends',
      ({ id }, api) => api.users.update(id, { firstName: 'Augusta' }),
      [true, true, true, true, true, true, true, true, true],
    ],
  ]
  for (const [name, leave, expected] of ways)
    test(name, async ({ server, account }) => {
      const { admin, states } = await leaving(server, account)
      expect(await states()).toEqual(expected.map(() => true))
      await leave(admin, account.api)
      expect(await states()).toEqual(expected)
      const where = { accountId: account.id, action: { startsWith: 'users.' }, targetType: 'api_key' }
      const ended = await server.platform.db.auditEvent.count({ where })
      expect(ended > 0).toBe(expected.includes(false))
    })
})

test('whoever deactivates or demotes somebody is told which keys have ended', async ({ server, account }) => {
  const admin = await userWith({ server, account }, { role: 'admin' })
  const [shop, desk] = [await key(admin.api, 'admin', 'Shop'), await key(admin.api, 'analyst', 'Desk')]
  await key(account.api, 'admin', 'Somebody else')
  const ended = ({ id, name }: { id: string; name: string }) => ({ id, name })
  expect(await account.api.users.update(admin.id, { lastName: 'King' })).toMatchObject({ endedApiKeys: [] })
  expect(await account.api.users.update(admin.id, { role: 'analyst' })).toMatchObject({
    role: 'analyst',
    endedApiKeys: [ended(shop)],
  })
  expect(await account.api.users.deactivate(admin.id)).toMatchObject({
    status: 'deactivated',
    endedApiKeys: [ended(desk)],
  })
  expect(await account.api.users.deactivate(admin.id)).toMatchObject({ endedApiKeys: [] })
})

test('a value that goes on after a rotation is still of who knew it before', async ({ server, account }) => {
  const admin = await userWith({ server, account }, { role: 'admin' })
  await enrol(server, { ...account, api: admin.api, ownerPassword: admin.password })
  const shared = await key(admin.api)
  const earlier = await tokenOf(admin.api, shared)
  const rotated = await account.api.apiKeys.rotate(shared.id, { overlap: 'P7D' })
  for (const known of [shared.key, earlier]) {
    expect(await refusal(anyone(server).with(known).totp.reset(admin.id))).toMatchObject({
      code: 'permission_missing',
    })
    const made = await key(anyone(server).with(known), 'analyst')
    expect(made).toMatchObject({ createdBy: admin.id, createdWith: shared.id })
    expect(await worksWith(server, made.key)).toBe(true)
  }
  const keys = (await account.api.apiKeys.list()).data.map(({ id }) => id)
  await account.api.users.deactivate(admin.id)
  // all that was made with it has ended, and the value of the other goes on
  expect((await account.api.apiKeys.list()).data.map(({ id }) => id)).toEqual([shared.id])
  expect(keys).toHaveLength(3)
  expect(await worksWith(server, rotated.key)).toBe(true)
})

describe('a key does to its maker nothing that nobody does to themselves:', () => {
  test('it takes away no second factor of theirs, nor does a key made with it', async ({
    server,
    account,
  }) => {
    const admin = await userWith({ server, account }, { role: 'admin' })
    await enrol(server, { ...account, api: admin.api, ownerPassword: admin.password })
    const first = await key(admin.api)
    const second = await key(anyone(server).with(first.key))
    for (const given of [first.key, second.key, await tokenOf(admin.api, second)])
      expect(await refusal(anyone(server).with(given).totp.reset(admin.id))).toMatchObject({
        code: 'permission_missing',
      })
    // nor one of a maker who is not known
    const old = await key(account.api)
    const where = { accountId: account.id, subjectId: old.id }
    await server.platform.db.credentialIndex.updateMany({ where, data: { shownTo: null } })
    expect(await refusal(anyone(server).with(old.key).totp.reset(admin.id))).toMatchObject({
      code: 'permission_missing',
    })
    expect((await admin.api.totp.get()).enabledAt).not.toBeNull()
    // somebody else's does
    await anyone(server)
      .with((await key(account.api)).key)
      .totp.reset(admin.id)
  })

  test('it gives them no rights back, and does not let them in again', async ({ server, account }) => {
    const admin = await userWith({ server, account }, { role: 'admin' })
    const theirs = anyone(server).with((await key(admin.api)).key)
    await account.api.users.update(admin.id, { role: 'analyst' }, { keepApiKeys: true })
    expect(await refusal(theirs.users.update(admin.id, { role: 'admin' }))).toMatchObject({
      code: 'permission_missing',
    })
    await account.api.users.deactivate(admin.id, { keepApiKeys: true })
    expect(await refusal(theirs.users.reactivate(admin.id))).toMatchObject({ code: 'permission_missing' })
    expect(await account.api.users.get(admin.id)).toMatchObject({ status: 'deactivated', role: 'analyst' })
  })
})
