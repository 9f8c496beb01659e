/** What people read, as they read it: the mail that asks for a confirmation, the demo's newsletter, a message in the browser. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll } from 'vitest'
import { newContact, offers, sayYes } from '../consents/applicants.ts'
import { campaignTo } from '../support/audience.ts'
import { withoutBrowser } from '../support/find-browser.ts'
import { test as base, describe, expect } from '../support/fixture.ts'
import { openBrowser, type TestBrowser } from './browser.ts'
import { asPage, lookAt } from './look-at.ts'
import { stateOf } from './support.ts'

const demo = new URL('../../../demo/', import.meta.url)

const test = base.skipIf(withoutBrowser)
let browser: TestBrowser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

describe.each([
  ['fr-FR', 'Oui, c’est bien moi', 'Je confirme', 'C’est confirmé'],
  ['en-GB', 'Yes, it is me', 'I confirm', 'It is confirmed'],
])('the mail that asks for a confirmation, in %s', (locale, link, button, done) => {
  test('leads by its button to a page, and by that to the list', async ({ server, account, mail, drain }) => {
    const scene = { server, account }
    await account.api.account.update({
      legal: { company: 'Atelier Ada SAS', address: '1 rue de la Paix, Paris' },
    })
    const purpose = await offers(scene)
    const bob = await newContact(scene, { locale })
    await sayYes(scene, bob.id, purpose)
    await drain()
    const html = (await mail.to(bob.email)[0]?.parsed())?.html || ''
    await lookAt(browser, `confirm-mail-${locale}`, html)
    await browser.visit(locale, asPage(html), async (page) => {
      await page.getByRole('link', { name: link }).click()
      await page.getByRole('button', { name: button }).click()
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(done)
    })
    expect(await stateOf(scene, bob)).toBe('granted')
  })
})

test('the newsletter of the demo can be read by everybody', async ({ account }) => {
  const { id: contactId } = await account.api.contacts.create({
    email: 'eloise@example.fr',
    firstName: 'Éloïse',
  })
  const mjml = (await readFile(new URL('newsletter.mjml', demo), 'utf8')).replaceAll(
    /src="images\/[^"]+"/g,
    'src="data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="',
  )
  const text = await readFile(new URL('newsletter.txt', demo), 'utf8')
  const { id } = await account.api.templates.create({
    name: 'Décembre',
    channel: 'email',
    subject: 'x',
    mjml,
    text,
  })
  const rendered = await account.api.templates.render(id, { contactId })
  expect(rendered.warnings).toEqual([])
  await lookAt(browser, 'newsletter', rendered.html)
  // the text leads wherever the HTML does
  const hrefs = [...rendered.html.matchAll(/href="(https?:[^"]+)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&'),
  )
  const missing = [...new Set(hrefs)].filter((href) => !rendered.text.includes(href))
  expect(missing).toEqual(['https://www.atelier-des-lilas.example/donnees-personnelles'])
  expect(rendered.text).toContain('Bonjour Éloïse,')
})

test('a message in the browser runs nothing of what its author put in, and its links work', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const html = `<!doctype html><html lang="fr"><head><title>Lettre</title><meta http-equiv="refresh" content="0;url=/u/none"></head>
<body><h1>Lettre</h1><script>document.title = 'stolen'</script><img src="data:," alt="" onerror="document.title = 'stolen'">
<form action="/u/none" method="post"><button>Send</button></form><a href="{{ viewUrl }}">En ligne</a>
<a href="{{ unsubscribeUrl }}">Se désabonner</a></body></html>`
  const { id, contacts } = await campaignTo(server, account, 1, {
    draft: { content: { subject: 'x', html: '<a href="{{ unsubscribeUrl }}">Se désabonner</a>' } },
  })
  await account.api.campaigns.send(id)
  // preflight refuses it now; what was approved before that leaves as it was
  await server.platform.direct.query(
    `update campaign set snapshot = jsonb_set(snapshot, '{content,html}', to_jsonb($3::text)) where account_id = $1 and id = $2`,
    [account.id, id, html],
  )
  await drain()
  const received = (await mail.to(contacts[0]?.email ?? '')[0]?.parsed())?.html || ''
  const link = /https?:[^"]+\/view\/[\w-]+/.exec(received)?.[0] ?? 'no link'
  await browser.visit(
    'fr-FR',
    link,
    async (page) => {
      await page.getByRole('button', { name: 'Send' }).click()
      await page.waitForLoadState()
      expect([page.url(), await page.title()]).toEqual([link, 'Lettre'])
      await page.getByRole('link', { name: 'Se désabonner' }).click()
      await page.getByRole('button', { name: 'Me désabonner' }).waitFor()
    },
    { scripts: true },
  )
})
