import { describe, expect, test } from '../support/recorded.ts'
import { linksOf, post, stateOf, subscriber } from './support.ts'

const oneClick = { 'List-Unsubscribe': 'One-Click' }

describe('one click (RFC 8058)', () => {
  test('as a form unsubscribes at once, without cookie or redirect, and again changes nothing', async ({
    server,
    account,
  }) => {
    const scene = { server, account }
    const ada = await subscriber(scene)
    const first = await post(ada.links.unsubscribe, oneClick)
    expect(first.status).toBe(200)
    expect(first.headers.get('set-cookie')).toBeNull()
    expect(await stateOf(scene, ada)).toBe('withdrawn')
    const second = await post(ada.links.unsubscribe, oneClick)
    expect(second.status).toBe(200)
    const { data, integrity } = await account.api.consents.history(ada.id)
    expect(integrity.verified).toBe(true)
    expect(data).toHaveLength(2)
    expect(data[0]).toMatchObject({
      state: 'withdrawn',
      actor: { type: 'contact', id: ada.id },
      evidence: { source: 'one-click unsubscribe (RFC 8058)', ip: '127.0.0.1' },
    })
    expect(data[0]?.evidence.text).toContain('Newsletter')
  })

  test('as multipart does the same', async ({ server, account }) => {
    const ada = await subscriber({ server, account })
    const body = new FormData()
    body.set('List-Unsubscribe', 'One-Click')
    const response = await fetch(ada.links.unsubscribe, { method: 'POST', body })
    expect(response.status).toBe(200)
    const [line] = (await account.api.consents.history(ada.id)).data
    expect(line).toMatchObject({
      state: 'withdrawn',
      evidence: { source: 'one-click unsubscribe (RFC 8058)' },
    })
  })

  const others = {
    'nothing at all': {},
    'an empty text': { body: '', headers: { 'content-type': 'text/plain' } },
    JSON: { body: '{"List-Unsubscribe":"One-Click"}', headers: { 'content-type': 'application/json' } },
    'JSON that is none': { body: '{', headers: { 'content-type': 'application/json' } },
    'a type nobody knows': { body: 'x', headers: { 'content-type': 'application/x-unknown' } },
  }
  for (const [what, init] of Object.entries(others)) {
    test(`counts even when it comes as ${what}`, async ({ server, account }) => {
      const scene = { server, account }
      const ada = await subscriber(scene)
      expect((await fetch(ada.links.unsubscribe, { method: 'POST', ...init })).status).toBe(200)
      expect(await stateOf(scene, ada)).toBe('withdrawn')
    })
  }
})

test('without a purpose it is an objection to all marketing', async ({ server, account }) => {
  const scene = { server, account }
  const ada = await subscriber(scene)
  const { unsubscribe } = await linksOf(scene, ada.id, null)
  expect((await post(unsubscribe, oneClick)).status).toBe(200)
  expect((await post(unsubscribe, oneClick)).status).toBe(200)
  expect((await account.api.contacts.get(ada.id)).objections).toEqual(['marketing'])
  expect((await account.api.consents.history(ada.id)).data).toHaveLength(2)
})

test('it leaves an audit event of the contact, without the address, which only the proof holds', async ({
  server,
  account,
}) => {
  const ada = await subscriber({ server, account })
  await post(ada.links.unsubscribe)
  const { data } = await account.api.auditEvents.list({ action: 'pages.unsubscribe' })
  expect(data).toMatchObject([
    { actor: { type: 'contact', id: ada.id }, target: { type: 'contact', id: ada.id }, address: null },
  ])
})
