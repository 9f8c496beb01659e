/** Passkeys with a real browser, and the authenticator that Chromium has for such tests (CDP, domain WebAuthn). */
import { freePort } from '@envoi/prisma/embedded'
import { createEnvoi } from '@envoi/sdk'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { openBrowser, type TestBrowser } from '../pages/browser.ts'
import { startExtraServer } from '../support/extra-server.ts'
import { withoutBrowser } from '../support/find-browser.ts'
import { test as base, expect } from '../support/fixture.ts'

let browser: TestBrowser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

/** A server under a name: an IP address is no relying party. */
const withName = base.extend<{ named: { url: string } }>({
  named: async ({ server }, use) => {
    const port = await freePort()
    const publicUrl = `http://localhost:${port}`
    const extra = await startExtraServer(server.platform, { port, settings: { publicUrl } })
    await use({ url: publicUrl })
    await extra.close()
  },
})
const test = withName.skipIf(withoutBrowser)

async function plugIn(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: false,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

interface Credentials {
  create(options: object): Promise<{ toJSON(): never }>
  get(options: object): Promise<{ toJSON(): never }>
}
interface Window {
  navigator: { credentials: Credentials }
  PublicKeyCredential: {
    parseCreationOptionsFromJSON(options: object): object
    parseRequestOptionsFromJSON(options: object): object
  }
}

/** What a page of ours does. */
const create = (page: Page, options: object) =>
  page.evaluate(async (json) => {
    const { navigator, PublicKeyCredential } = globalThis as unknown as Window
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json)
    return (await navigator.credentials.create({ publicKey })).toJSON()
  }, options)

const get = (page: Page, options: object) =>
  page.evaluate(async (json) => {
    const { navigator, PublicKeyCredential } = globalThis as unknown as Window
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json)
    return (await navigator.credentials.get({ publicKey })).toJSON()
  }, options)

test('a user registers a passkey in a browser, and logs in with it again and again', async ({
  account,
  named,
}) => {
  const anyone = createEnvoi({ baseUrl: named.url, maxRetries: 0 })
  const api = anyone.with(account.accessToken)
  const { ownerEmail: email, ownerPassword: password } = account
  await browser.visit(
    'fr-FR',
    `${named.url}/problems/second_factor_required`,
    async (page) => {
      await plugIn(page)
      const credential = await create(page, await api.passkeys.begin({ password }))
      const { passkey, recoveryCodes } = await api.passkeys.create({ name: 'Security key', credential })
      expect([passkey.isSynced, recoveryCodes?.length]).toEqual([false, 10])

      await expect(anyone.sessions.create({ email, password })).rejects.toMatchObject({
        code: 'second_factor_required',
      })
      for (let time = 0; time < 2; time++) {
        const asked = await anyone.sessions.passkeyOptions({ email, password })
        const session = await anyone.sessions.create({ email, password, passkey: await get(page, asked) })
        await expect(anyone.with(session.accessToken).account.get()).resolves.toBeDefined()
      }

      // it knows that it is registered already
      await expect(create(page, await api.passkeys.begin({ password }))).rejects.toThrow(/InvalidStateError/)
    },
    { scripts: true },
  )
})

test('a browser gives no passkey to a page of another host', async ({ server, account, named }) => {
  const api = createEnvoi({ baseUrl: named.url, maxRetries: 0 }).with(account.accessToken)
  const options = await api.passkeys.begin({ password: account.ownerPassword })
  await browser.visit(
    'fr-FR',
    // the same machine under another name
    `${server.url}/problems/second_factor_required`,
    async (page) => {
      await plugIn(page)
      await expect(create(page, options)).rejects.toThrow(/SecurityError/)
    },
    { scripts: true },
  )
})
