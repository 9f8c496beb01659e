/** The pages in a real browser, as people meet them: without JavaScript, in both languages; and examined by axe. */
import { afterAll, beforeAll } from 'vitest'
import { withoutBrowser } from '../support/find-browser.ts'
import { test as base, describe, expect } from '../support/fixture.ts'
import { openBrowser, type TestBrowser } from './browser.ts'
import { applicant, stateOf, subscriber } from './support.ts'

const test = base.skipIf(withoutBrowser)
let browser: TestBrowser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

const languages = [
  [
    'fr-FR',
    {
      unsubscribe: 'Me désabonner',
      done: 'Votre désabonnement est enregistré',
      save: 'Enregistrer mes choix',
      saved: 'Vos choix sont enregistrés.',
      confirm: 'Je confirme',
      confirmed: 'C’est confirmé',
      tracking: /J’accepte que les messages/,
    },
  ],
  [
    'en-GB',
    {
      unsubscribe: 'Unsubscribe',
      done: 'You are unsubscribed',
      save: 'Save my choices',
      saved: 'Your choices are saved.',
      confirm: 'I confirm',
      confirmed: 'It is confirmed',
      tracking: /I agree that the messages/,
    },
  ],
] as const

describe.each(languages)('in %s, without JavaScript', (locale, words) => {
  test('a person unsubscribes with one click', async ({ server, account }) => {
    const scene = { server, account }
    const ada = await subscriber(scene)
    await browser.visit(locale, ada.links.unsubscribe, async (page) => {
      await browser.shoot(page, `unsubscribe-${locale}`)
      await page.getByRole('button', { name: words.unsubscribe }).click()
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(words.done)
      await browser.shoot(page, `unsubscribed-${locale}`)
    })
    expect(await stateOf(scene, ada)).toBe('withdrawn')
  })

  test('a person changes what they receive and agrees to be tracked, by keyboard alone', async ({
    server,
    account,
  }) => {
    const scene = { server, account }
    const ada = await subscriber(scene, { phone: '+33612345678' })
    await account.api.purposes.update(ada.purpose, { channels: ['email', 'sms'] })
    await browser.visit(locale, ada.links.preferences, async (page) => {
      const email = page.getByRole('checkbox').first()
      expect(await email.isChecked()).toBe(true)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      await page.getByRole('checkbox', { name: words.tracking }).focus()
      await page.keyboard.press('Space')
      await page.keyboard.press('Enter')
      expect(await page.getByRole('status').textContent()).toBe(words.saved)
      expect(await page.getByRole('checkbox').first().isChecked()).toBe(false)
      expect(await page.getByRole('checkbox', { name: words.tracking }).isChecked()).toBe(true)
      await browser.shoot(page, `preferences-${locale}`)
    })
    expect(await stateOf(scene, ada)).toBe('withdrawn')
    expect((await account.api.tracking.get(ada.id)).state).toBe('granted')
  })

  test('a person confirms', async ({ server, account }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    await browser.visit(locale, await bob.links.confirm(), async (page) => {
      await browser.shoot(page, `confirm-${locale}`)
      await page.getByRole('button', { name: words.confirm }).click()
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(words.confirmed)
      await browser.shoot(page, `confirmed-${locale}`)
    })
    expect(await stateOf(scene, bob)).toBe('granted')
  })
})

test('a person changes the language of the page', async ({ server, account }) => {
  const ada = await subscriber({ server, account })
  await browser.visit('fr-FR', ada.links.unsubscribe, async (page) => {
    await page.getByRole('link', { name: 'English' }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Unsubscribe')
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
  })
})

test('nothing scrolls sideways on a telephone, and every target is large enough', async ({
  server,
  account,
}) => {
  const scene = { server, account }
  await account.api.account.update({
    name: 'Société-des-Établissements-Réunis-de-la-Vallée-de-l’Eure-et-Cie'.repeat(2),
  })
  const ada = await subscriber(scene, { phone: '+33612345678' })
  const bob = await applicant(scene)
  const pages = {
    unsubscribe: ada.links.unsubscribe,
    preferences: ada.links.preferences,
    confirm: await bob.links.confirm(),
  }
  for (const [name, url] of Object.entries(pages)) {
    for (const colorScheme of [undefined, 'dark'] as const) {
      await browser.visit(
        'fr-FR',
        url,
        async (page) => {
          await browser.shoot(page, `${name}-mobile${colorScheme === 'dark' ? '-dark' : ''}`)
          const body = await page.locator('body').boundingBox()
          const main = await page.locator('main').boundingBox()
          expect(body?.width).toBeLessThanOrEqual(375)
          expect((main?.x ?? 0) + (main?.width ?? 0)).toBeLessThanOrEqual(375)
          const button = await page.getByRole('button').boundingBox()
          expect(button?.height).toBeGreaterThanOrEqual(44)
        },
        { width: 375, colorScheme },
      )
    }
  }
})

describe.each(['light', 'dark'] as const)('axe finds nothing to object to in the %s scheme', (scheme) => {
  test('on any page', async ({ server, account }) => {
    const scene = { server, account }
    await account.api.account.update({
      legal: { company: 'Atelier Ada SAS', address: '1 rue de la Paix, Paris' },
    })
    const ada = await subscriber(scene, { phone: '+33612345678' })
    await account.api.purposes.update(ada.purpose, { channels: ['email', 'sms'] })
    const bob = await applicant(scene)
    const confirm = await bob.links.confirm()
    const { unsubscribe, preferences } = ada.links
    for (const lang of ['fr', 'en'])
      for (const url of [unsubscribe, preferences, confirm, bob.links.preferences, `${server.url}/u/none`])
        expect(await browser.violations({ url: `${url}?lang=${lang}` }, scheme), url).toEqual([])
    await fetch(confirm, { method: 'POST' })
    await fetch(unsubscribe, { method: 'POST' })
    const gone = await applicant(scene)
    const superseded = await gone.links.confirm()
    await fetch(gone.links.unsubscribe, { method: 'POST' })
    for (const url of [unsubscribe, confirm, superseded])
      expect(await browser.violations({ url }, scheme), url).toEqual([])
  })
})
