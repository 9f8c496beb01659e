import type { Scene } from '../contract/make.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { applicant, type Person, subscriber } from './support.ts'

/** Everything the database holds of an account that a page could touch. */
async function everything({ server, account }: Scene) {
  const { pool } = server.platform
  const tables = [
    'contact',
    'consent',
    'consent_event',
    'suppression',
    'audit_event',
    'outbox',
    'purpose',
    'system_mail',
    'event',
    'event_inbox',
  ]
  const dumps = tables.map(async (table) => {
    const { rows } = await pool.query(
      `select coalesce(json_agg(t order by t::text), '[]')::text as dump from ${table} as t where account_id = $1`,
      [account.id],
    )
    return `${table}: ${rows[0].dump}`
  })
  return (await Promise.all(dumps)).join('\n')
}

const pages = {
  unsubscribe: async ({ links }: Person) => links.unsubscribe,
  preferences: async ({ links }: Person) => links.preferences,
  confirm: async ({ links }: Person) => links.confirm(),
}

describe.each(['unsubscribe', 'preferences', 'confirm'] as const)('the page %s', (name) => {
  const person = (scene: Scene) => (name === 'confirm' ? applicant(scene) : subscriber(scene))

  for (const method of ['GET', 'HEAD']) {
    test(`changes nothing on ${method}, even ten times`, async ({ server, account }) => {
      const scene = { server, account }
      const url = await pages[name](await person(scene))
      const before = await everything(scene)
      for (let n = 0; n < 10; n += 1) {
        const response = await fetch(`${url}?List-Unsubscribe=One-Click&wanted=tracking`, { method })
        expect(response.status).toBe(200)
        await response.arrayBuffer()
      }
      expect(await everything(scene)).toBe(before)
    })
  }

  test('loads nothing, runs nothing, is kept nowhere and tells nobody where it was', async ({
    server,
    account,
  }) => {
    const response = await fetch(await pages[name](await person({ server, account })))
    const headers = Object.fromEntries(response.headers)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
    expect(headers['set-cookie']).toBeUndefined()
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    )
    const html = await response.text()
    expect(html).not.toMatch(/<script|<img|<link|<iframe|https?:|\son\w+=|style="/i)
  })

  test('shows no address in full: links get forwarded', async ({ server, account }) => {
    const ada = await person({ server, account })
    expect(await (await fetch(await pages[name](ada))).text()).not.toContain(ada.email)
  })

  test('speaks the language of the contact, of the link, of the browser', async ({ server, account }) => {
    const scene = { server, account }
    const url = await pages[name](await person(scene))
    const lang = async (address: string, accept = 'de') =>
      (await fetch(address, { headers: { 'accept-language': accept } })).headers.get('content-language')
    expect(await lang(url, 'en-GB, fr;q=0.5')).toBe('en')
    expect(await lang(url, 'fr-FR, en;q=0.5')).toBe('fr')
    expect(await lang(url)).toBe('fr')
    expect(await lang(`${url}?lang=en`, 'fr')).toBe('en')
    const french = name === 'confirm' ? applicant : subscriber
    expect(await lang(await pages[name](await french(scene, { locale: 'fr-CA' })), 'en')).toBe('fr')
  })

  test('answers the same for a link that is wrong, forged, of another kind, or of somebody who is gone', async ({
    server,
    account,
    drain,
  }) => {
    const scene = { server, account }
    const ada = await person(scene)
    const url = await pages[name](ada)
    const other = name === 'unsubscribe' ? ada.links.preferences : ada.links.unsubscribe
    const [base, token] = [url.slice(0, url.lastIndexOf('/') + 1), url.slice(url.lastIndexOf('/') + 1)]
    const flipped = `${token.slice(0, 30)}${token[30] === 'A' ? 'B' : 'A'}${token.slice(31)}`
    await account.api.contacts.delete(ada.id)
    await drain()
    const wrong = [
      `${base}x`,
      `${base}${token}x`,
      `${base}${flipped}`,
      base + other.slice(other.lastIndexOf('/') + 1),
      url,
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
    expect(answers[0]).toContain('This link does not work')
  })
})

test('names that come from strangers are text', async ({ server, account }) => {
  const scene = { server, account }
  const name = `<img src=x onerror=alert(1)>"'&\u202e</title><script>`
  await account.api.account.update({ legal: { company: '<b>', address: '</footer>"' } })
  // from before such a name was refused
  await server.platform.db.account.update({ where: { id: account.id }, data: { name } })
  const ada = await subscriber(scene)
  await account.api.purposes.update(ada.purpose, {
    name: '</legend><script>alert(1)</script>',
    description: '<iframe>',
    policyText: '</fieldset><form action="https://evil.example">',
    policyVersion: '2',
  })
  const bob = await applicant(scene)
  for (const url of [ada.links.unsubscribe, ada.links.preferences, await bob.links.confirm()]) {
    const html = await (await fetch(url)).text()
    expect(html).not.toMatch(/<(img|script|iframe|b)[\s>]|action=["']?https|\u202e/)
    expect(html.match(/<form/g)?.length ?? 0).toBe(1)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;')
  }
})
