/** A message in the browser, as its recipient got it: followed from the link in the mail. */
import type { Scene } from '../contract/make.ts'
import type { MailServer } from '../servers/smtp-server.ts'
import { campaignTo } from '../support/audience.ts'
import { describe, expect, test } from '../support/fixture.ts'

type Run = Scene & { mail: MailServer; drain: () => Promise<void> }

const content = {
  subject: 'Bonjour {{ contact.firstName }}',
  html: `<!doctype html><html lang="fr"><head><title>Lettre</title></head><body><p>Bonjour {{ contact.firstName }} ({{ contact.email }})</p>
<a href="{{ viewUrl }}">Lire en ligne</a> <a href="https://shop.example/boots?a=1&amp;b=2">Shop</a>
<a href="{{ unsubscribeUrl }}">Se désabonner</a> <a href="{{ preferencesUrl }}">Préférences</a></body></html>`,
}

/** A campaign that has been sent to one person, with the HTML they got and the link in it. */
async function sent(
  { mail, drain, ...scene }: Run,
  options: { tracking?: 'granted'; mode?: 'individual' | 'aggregate' } = {},
) {
  const { tracking, mode = 'individual' } = options
  const { api } = scene.account
  const campaign = await campaignTo(scene.server, scene.account, 1, {
    tracking,
    draft: { content, tracking: { opens: true, clicks: true, mode } },
  })
  await api.campaigns.send(campaign.id)
  await drain()
  const [person] = campaign.contacts
  if (person === undefined) throw new Error('there is nobody')
  const received = (await mail.to(person.email)[0]?.parsed())?.html || ''
  const link = /https?:[^"]+\/view\/[\w-]+/.exec(received)?.[0] ?? 'no link'
  return { ...campaign, person, received, link }
}

const pixel = /<img src="[^"]*\/o\/[^>]*>/
const linesOf = (html: string) => html.replaceAll('\r\n', '\n').trim()

const eventsOf = async ({ server, account }: Scene) => {
  const where = { accountId: account.id }
  return (
    (await server.platform.db.eventInbox.count({ where })) + (await server.platform.db.event.count({ where }))
  )
}

describe('what is shown is what was sent', () => {
  test.for([
    ['off', {}],
    ['aggregate', { tracking: 'granted', mode: 'aggregate' }],
    ['individual', { tracking: 'granted', mode: 'individual' }],
  ] as const)(
    'to a recipient whose mode is %s: same words, same links, no pixel, no event',
    async ([mode, options], { server, account, mail, drain }) => {
      const scene = { server, account }
      const campaign = await sent({ ...scene, mail, drain }, options)
      expect(pixel.test(campaign.received)).toBe(mode !== 'off')
      expect(campaign.received.includes('/c/')).toBe(mode !== 'off')
      const before = await eventsOf(scene)
      for (const method of ['GET', 'HEAD']) expect((await fetch(campaign.link, { method })).status).toBe(200)
      const shown = await (await fetch(campaign.link)).text()
      expect(linesOf(shown)).toBe(linesOf(campaign.received.replace(pixel, '')))
      expect(shown).toContain(campaign.person.email)
      await drain()
      expect(await eventsOf(scene)).toBe(before)
    },
  )

  test('but for links, which track no more once the person or their browser says so', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const campaign = await sent({ server, account, mail, drain }, { tracking: 'granted' })
    const show = async (headers = {}) => (await fetch(campaign.link, { headers })).text()
    const plain = 'href="https://shop.example/boots?a=1&amp;b=2"'
    expect(await show()).not.toContain(plain)
    for (const headers of [{ dnt: '1' }, { 'sec-gpc': '1' }, { dnt: '1, 1' }, { 'sec-gpc': '?1' }])
      expect(await show(headers)).toContain(plain)
    await account.api.tracking.record(campaign.person.id, {
      state: 'withdrawn',
      evidence: { source: 'letter', collectedAt: new Date().toISOString() },
    })
    expect(await show()).toContain(plain)
  })

  test('and who agrees to be tracked later does not make an untracked message a tracked one', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const campaign = await sent({ server, account, mail, drain })
    await account.api.tracking.record(campaign.person.id, {
      state: 'granted',
      evidence: { source: 'form', collectedAt: new Date().toISOString(), text: 'I agree.', textVersion: '1' },
    })
    expect(await (await fetch(campaign.link)).text()).not.toContain('/c/')
  })
})

test('it runs nothing, is kept nowhere, found by nobody and tells nobody where it was', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { link } = await sent({ server, account, mail, drain })
  const response = await fetch(link)
  const headers = Object.fromEntries(response.headers)
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
  const policy = headers['content-security-policy']?.split('; ') ?? []
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("form-action 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy.at(-1)).toBe('sandbox allow-popups allow-popups-to-escape-sandbox')
  expect(policy.join()).not.toMatch(/script-src|allow-scripts|allow-same-origin|allow-forms/)
  expect((await fetch(link, { method: 'POST' })).status).toBe(404)
})

describe('there is nothing to see', () => {
  test('of somebody who was erased', async ({ server, account, mail, drain }) => {
    const { link, person } = await sent({ server, account, mail, drain })
    await account.api.contacts.delete(person.id)
    const response = await fetch(link)
    expect(response.status).toBe(404)
    const page = await response.text()
    expect(page).toContain('This link does not work')
    expect(page).not.toContain(person.email)
  })

  test('a year after it was sent', async ({ server, account, mail, drain }) => {
    const { link, person } = await sent({ server, account, mail, drain })
    server.platform.clock.advance(366 * 86_400_000)
    const response = await fetch(link)
    expect(response.status).toBe(410)
    const page = await response.text()
    expect(page).toContain('Ce message n’est plus consultable ici')
    expect(page).not.toContain(person.email)
  })

  test('of a message that never left, or by a link that was changed', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const campaign = await sent({ server, account, mail, drain })
    await server.platform.db.message.updateMany({
      where: { accountId: account.id, campaignId: campaign.id },
      data: { state: 'excluded' },
    })
    for (const link of [campaign.link, `${campaign.link.slice(0, -3)}AAA`, `${server.url}/view/preview`])
      expect((await fetch(link)).status).toBe(404)
  })
})
