/** Mails to users as they read them, in both languages, and the pages that they lead to, without JavaScript. */
import { afterAll, beforeAll, vi } from 'vitest'
import { DAY, pass } from '../closure/support.ts'
import { withoutBrowser } from '../support/find-browser.ts'
import { approve, test as base, describe, expect, type TestServer } from '../support/fixture.ts'
import { anyone, auditOf, confirmOwner, invite, linkIn, mailsTo, ownerOf } from '../users/people.ts'
import { openBrowser, type TestBrowser } from './browser.ts'
import { asPage, lookAt } from './look-at.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const test = base.skipIf(withoutBrowser)
let browser: TestBrowser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function lastMail(server: TestServer, email: string): Promise<string> {
  const mail = (await mailsTo(server, email)).at(-1)
  return (await mail?.parsed())?.html || ''
}

const languages = [
  [
    'fr-FR',
    {
      confirm: ['Confirmer mon adresse', 'Oui, elle est à moi', 'Votre adresse est confirmée'],
      accept: ['Accepter l’invitation', 'Accepter', 'Bienvenue'],
      reset: ['Choisir un nouveau mot de passe', 'Utiliser ce mot de passe', 'Votre mot de passe est changé'],
      taken: 'Vous avez déjà un accès',
      login: 'Nouvelle connexion',
      weak: /trop facile à deviner/,
      password: 'Mot de passe',
      accountPassword: 'Mot de passe du compte',
      firstName: 'Prénom',
    },
  ],
  [
    'en-GB',
    {
      confirm: ['Confirm my address', 'Yes, it is mine', 'Your address is confirmed'],
      accept: ['Accept the invitation', 'Accept', 'Welcome'],
      reset: ['Choose a new password', 'Use this password', 'Your password is changed'],
      taken: 'You have an access already',
      login: 'Somebody has logged in',
      weak: /too easy to guess/,
      password: 'Password',
      accountPassword: 'Password of the account',
      firstName: 'First name',
    },
  ],
] as const

describe.each(languages)('in %s', (locale, words) => {
  test('an owner is led from the mail to the confirmation of the address', async ({ server, account }) => {
    await account.api.account.update({ locale })
    const html = await lastMailOfKind(server, account.ownerEmail, 'confirm')
    await lookAt(browser, `user-mail-confirm-${locale}`, html)
    const [link, button, done] = words.confirm
    await browser.visit(locale, asPage(html), async (page) => {
      await page.getByRole('link', { name: link }).click()
      await browser.shoot(page, `user-page-confirm-${locale}`)
      await page.getByLabel(words.accountPassword).fill(account.ownerPassword)
      await page.getByRole('button', { name: button }).click()
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(done)
      await browser.shoot(page, `user-page-confirmed-${locale}`)
    })
    expect((await account.api.users.me()).emailVerifiedAt).not.toBeNull()
  })

  test('who has a login is told of an opening with the address', async ({ server, account }) => {
    await confirmOwner({ server, account })
    await anyone(server).accounts.create({
      name: 'Atelier',
      locale,
      timezone: 'Europe/Paris',
      owner: { email: account.ownerEmail, firstName: 'A', lastName: 'B' },
      termsVersion: '2026-01',
    })
    const html = await lastMail(server, account.ownerEmail)
    expect(html).toContain(words.taken)
    await lookAt(browser, `user-mail-taken-${locale}`, html)
  })

  test('who is invited accepts, after a password that was too weak', async ({ server, account }) => {
    const scene = { server, account }
    await account.api.account.update({ locale })
    const { id, email } = await invite(scene)
    const html = await lastMail(server, email)
    await lookAt(browser, `user-mail-invitation-${locale}`, html)
    const [link, button, done] = words.accept
    await browser.visit(locale, asPage(html), async (page) => {
      await page.getByRole('link', { name: link }).click()
      await page.getByLabel(words.firstName).fill('Amazing <b>Grace</b>')
      await page.getByLabel(words.password).fill('password1234')
      await page.getByRole('button', { name: button }).click()
      expect(await page.getByRole('alert').textContent()).toMatch(words.weak)
      expect(await page.getByLabel(words.firstName).inputValue()).toBe('Amazing <b>Grace</b>')
      expect(await page.getByLabel(words.password).inputValue()).toBe('')
      await browser.shoot(page, `user-page-invitation-${locale}`)
      await page.getByLabel(words.password).fill('calm-otter-47-lantern')
      await page.getByRole('button', { name: button }).click()
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(done)
      await browser.shoot(page, `user-page-welcome-${locale}`)
    })
    expect(await account.api.users.get(id)).toMatchObject({
      status: 'active',
      firstName: 'Amazing <b>Grace</b>',
    })
    await anyone(server).sessions.create({ email, password: 'calm-otter-47-lantern' })
    expect((await auditOf(scene, id)).at(-1)).toMatchObject({
      action: 'pages.acceptInvitation',
      actorId: id,
      address: '127.0.0.1',
    })
  })

  test('who forgot a password chooses another, and is told', async ({ server, account }) => {
    const scene = { server, account }
    const { ownerEmail: email } = account
    await account.api.account.update({ locale })
    await anyone(server).passwordResets.create({ email })
    const html = await lastMail(server, email)
    await lookAt(browser, `user-mail-reset-${locale}`, html)
    const [link, button, done] = words.reset
    await browser.visit(locale, asPage(html), async (page) => {
      await page.getByRole('link', { name: link }).click()
      await browser.shoot(page, `user-page-reset-${locale}`)
      await page.getByRole('button', { name: button }).click()
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(done)
      await browser.shoot(page, `user-page-changed-${locale}`)
      const password = (await page.locator('.secret').textContent()) ?? ''
      await anyone(server).sessions.create({ email, password })
    })
    await lookAt(browser, `user-mail-changed-${locale}`, await lastMail(server, email))
    const { id } = await server.platform.db.user.findFirstOrThrow({ where: { accountId: account.id } })
    expect((await auditOf(scene, id)).at(-1)).toMatchObject({ action: 'pages.resetPassword', actorId: id })
  })

  test('a login is told to who asked for it', async ({ server, account }) => {
    await account.api.account.update({ locale, security: { notifyLogins: true } })
    await account.login()
    const html = await lastMail(server, account.ownerEmail)
    expect(html).toContain(words.login)
    expect(html).toContain(account.ownerEmail)
    await lookAt(browser, `user-mail-login-${locale}`, html)
  })

  test('the closing of an account is told, up to its receipt', async ({ server }) => {
    const account = await server.openAccount()
    await account.api.account.update({ locale })
    const request = { confirm: 'Atelier Ada', password: account.ownerPassword }
    await account.api.accountClosure.request(request)
    await lookAt(browser, `user-mail-closing-${locale}`, await lastMail(server, account.ownerEmail))
    await account.api.accountClosure.cancel()
    await lookAt(browser, `user-mail-not-closed-${locale}`, await lastMail(server, account.ownerEmail))
    await account.api.accountClosure.request(request)
    await pass(server, 8 * DAY)
    await lookAt(browser, `user-mail-closed-${locale}`, await lastMail(server, account.ownerEmail))
  })

  test('what the operator decided is told', async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    await account.api.account.update({ locale })
    const { operator } = server.operator
    const reason = 'Plus de 0,3 % de plaintes pendant une semaine.'
    const verdicts = {
      refused: () => operator.refuseAccount(account.id, { reason }),
      reopened: () => operator.reopenAccount(account.id),
      approved: () => approve(server.operator, account.id),
      suspended: () => operator.suspendAccount(account.id, { reason }),
    }
    for (const [name, decide] of Object.entries(verdicts)) {
      await decide()
      await lookAt(browser, `user-mail-${name}-${locale}`, await lastMail(server, account.ownerEmail))
    }
  })
})

/** The one whose link leads to a page. */
async function lastMailOfKind(server: TestServer, email: string, page: string): Promise<string> {
  const mails = await Promise.all((await mailsTo(server, email)).map((mail) => mail.parsed()))
  return mails.findLast(({ html }) => (html || '').includes(`/users/${page}/`))?.html || ''
}

test.for(['light', 'dark'] as const)(
  'axe finds nothing to object to on the pages, in the %s scheme',
  async (scheme, { server, account }) => {
    const scene = { server, account }
    const invited = await invite(scene)
    await anyone(server).passwordResets.create({ email: account.ownerEmail })
    const links = [
      await linkIn(server, account.ownerEmail, 'confirmEmail'),
      await linkIn(server, invited.email, 'invitation'),
      await linkIn(server, account.ownerEmail, 'passwordReset'),
    ]
    for (const lang of ['fr', 'en'])
      for (const { url } of links)
        expect(await browser.violations({ url: `${url}?lang=${lang}` }, scheme), url).toEqual([])
    for (const { url } of links) {
      const headers = Object.fromEntries((await fetch(url)).headers)
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ firstName: 'Ada', lastName: 'Lovelace' }),
      })
      expect(await browser.violations({ url }, scheme), url).toEqual([])
    }
    expect(await ownerOf(scene).catch(() => 'logged out')).toBe('logged out')
  },
)
