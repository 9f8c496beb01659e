/** Whoever opens an account proves that the address is theirs. */
import { describe, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { auditOf, confirmWith, linkIn, mailsTo, ownerOf } from './people.ts'

const day = 86_400_000

describe('the address of an owner', () => {
  test('is confirmed by POST, once; looking changes nothing', async ({ server, account }) => {
    const scene = { server, account }
    const { url } = await linkIn(server, account.ownerEmail, 'confirmEmail')
    const verifiedAt = async () => (await account.api.users.me()).emailVerifiedAt
    for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(url, { method })).status).toBe(200)
    expect(await verifiedAt()).toBeNull()
    const id = await ownerOf(scene)
    expect(await auditOf(scene, id)).toEqual([])
    const confirmed = await confirmWith(`${url}?lang=en`, account.ownerPassword)
    expect([confirmed.status, await confirmed.text()]).toEqual([
      200,
      expect.stringContaining('Your address is confirmed'),
    ])
    const at = await verifiedAt()
    expect(at).not.toBeNull()
    expect((await confirmWith(url, account.ownerPassword)).status).toBe(200)
    expect(await verifiedAt()).toBe(at)
    expect(await auditOf(scene, id)).toMatchObject([
      { action: 'pages.confirmEmail', actorType: 'user', actorId: id, changed: ['emailVerifiedAt'] },
    ])
  })

  test('is not confirmed by a link that has expired; another one can be asked for', async ({
    server,
    account,
  }) => {
    const { platform } = server
    const { url } = await linkIn(server, account.ownerEmail, 'confirmEmail')
    platform.clock.advance(7 * day + 1_000)
    for (const method of ['GET', 'POST']) expect((await fetch(url, { method })).status).toBe(410)
    const { accessToken } = await account.login()
    const api = account.api.with(accessToken)
    await api.users.confirmEmail()
    const other = await linkIn(server, account.ownerEmail, 'confirmEmail')
    expect((await confirmWith(other.url, account.ownerPassword)).status).toBe(200)
    expect((await api.users.me()).emailVerifiedAt).not.toBeNull()
    const { length } = await mailsTo(server, account.ownerEmail)
    await api.users.confirmEmail()
    expect(await mailsTo(server, account.ownerEmail)).toHaveLength(length)
  })

  test('is confirmed once when two confirm at the same time', async ({ server, account }) => {
    const scene = { server, account }
    const { url } = await linkIn(server, account.ownerEmail, 'confirmEmail')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => confirmWith(url, account.ownerPassword)),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(await auditOf(scene, await ownerOf(scene))).toHaveLength(1)
  })

  test('cannot be asked about by an API key: it is nobody', async ({ account }) => {
    const key = await account.as({ role: 'owner' })
    expect(await refusal(key.users.confirmEmail())).toMatchObject({ code: 'not_found' })
    expect(await refusal(key.users.me())).toMatchObject({ code: 'not_found' })
  })
})

test('a link that is wrong, forged, of another kind, or about somebody who is gone gets one answer', async ({
  server,
  account,
}) => {
  const { url, token } = await linkIn(server, account.ownerEmail, 'confirmEmail')
  const base = url.slice(0, -token.length)
  const flip = (at: number) => `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
  const wrong = [
    `${base}x`,
    `${base}${token}x`,
    ...[5, 30, 60, 85].map((at) => base + flip(at)),
    url.replace('/users/confirm/', '/users/invitation/'),
    url.replace('/users/confirm/', '/users/password/'),
  ]
  const answers = await Promise.all(
    wrong.flatMap((address) =>
      ['GET', 'POST'].map(async (method) => {
        const response = await fetch(address, { method, headers: { 'accept-language': 'en' } })
        return `${response.status} ${await response.text()}`
      }),
    ),
  )
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toMatch(/^404 /)
  expect((await account.api.users.me()).emailVerifiedAt).toBeNull()
})
