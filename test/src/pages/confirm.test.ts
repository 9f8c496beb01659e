import * as make from '../contract/make.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { applicant, post, stateOf } from './support.ts'

const day = 86_400_000

test('a confirmation is recorded with its own proof, and once', async ({ server, account }) => {
  const scene = { server, account }
  const bob = await applicant(scene)
  expect(await stateOf(scene, bob)).toBe('pending')
  const link = await bob.links.confirm()
  const shown = await (await fetch(link)).text()
  expect(shown).toContain('We write to you once a month.')
  expect((await post(link)).status).toBe(200)
  expect(await stateOf(scene, bob)).toBe('granted')
  const again = await post(`${link}?lang=en`)
  expect(again.status).toBe(200)
  expect(await again.text()).toContain('It is confirmed')
  const { data } = await account.api.consents.history(bob.id)
  expect(data).toHaveLength(2)
  expect(data[0]).toMatchObject({
    state: 'granted',
    actor: { type: 'contact', id: bob.id },
    evidence: {
      source: 'double opt-in',
      text: 'We write to you once a month.',
      textVersion: '1',
      ip: '127.0.0.1',
    },
  })
})

describe('nothing is confirmed', () => {
  test('after seven days', async ({ server, account }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    const link = await bob.links.confirm()
    server.platform.clock.advance(7 * day + 1000)
    expect((await fetch(link)).status).toBe(410)
    expect((await post(link)).status).toBe(410)
    expect(await stateOf(scene, bob)).toBe('pending')
  })

  test('once the person has withdrawn', async ({ server, account }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    const link = await bob.links.confirm()
    await post(bob.links.unsubscribe)
    expect((await post(link)).status).toBe(410)
    expect(await stateOf(scene, bob)).toBe('withdrawn')
  })

  test('once the address of the contact is another', async ({ server, account }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    const link = await bob.links.confirm()
    await account.api.contacts.update(bob.id, { email: `other-${bob.email}` })
    expect((await post(link)).status).toBe(410)
    expect(await stateOf(scene, bob)).toBe('lapsed')
  })

  test('once the person is erased', async ({ server, account }) => {
    const bob = await applicant({ server, account })
    const link = await bob.links.confirm()
    await account.api.contacts.delete(bob.id)
    for (const method of ['GET', 'POST']) expect((await fetch(link, { method })).status).toBe(404)
  })
})

describe('who has asked twice', () => {
  const twice = async (scene: Parameters<typeof applicant>[0]) => {
    const bob = await applicant(scene)
    const older = await bob.links.confirm()
    const evidence = {
      ...make.evidence(),
      collectedAt: scene.server.platform.clock.now().toISOString(),
      text: 'We write to you twice a month.',
      textVersion: '2',
    }
    const { purpose } = bob
    await scene.account.api.consents.record(bob.id, { purpose, channel: 'email', state: 'granted', evidence })
    return { ...bob, older, newer: await bob.links.confirm() }
  }

  test.for(['older', 'newer'] as const)(
    'confirms by the %s link what its own request said',
    async (which, { server, account }) => {
      const scene = { server, account }
      const bob = await twice(scene)
      const text = which === 'older' ? 'We write to you once a month.' : 'We write to you twice a month.'
      expect(await (await fetch(bob[which])).text()).toContain(text)
      expect((await post(bob[which])).status).toBe(200)
      expect(await stateOf(scene, bob)).toBe('granted')
      const [line] = (await account.api.consents.history(bob.id)).data
      expect(line).toMatchObject({ state: 'granted', evidence: { source: 'double opt-in', text } })
    },
  )

  test('and has said no since, is not brought back by either', async ({ server, account }) => {
    const scene = { server, account }
    const bob = await twice(scene)
    await post(bob.links.unsubscribe)
    for (const link of [bob.older, bob.newer]) expect((await post(link)).status).toBe(410)
    const evidence = { ...make.evidence(), collectedAt: server.platform.clock.now().toISOString() }
    const { purpose } = bob
    await account.api.consents.record(bob.id, { purpose, channel: 'email', state: 'granted', evidence })
    expect((await post(bob.older)).status).toBe(410)
    expect((await post(await bob.links.confirm())).status).toBe(200)
  })
})
