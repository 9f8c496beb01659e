/** Chromium, as people have it and as axe examines it. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { findBrowser } from '../support/find-browser.ts'

const screenshots = fileURLToPath(new URL('../../screenshots/', import.meta.url))

export interface Look {
  width?: number
  colorScheme?: 'dark' | 'light'
  /** Off unless said: the pages do without. */
  scripts?: boolean
}

export interface TestBrowser {
  /** A visit by somebody of that language. */
  visit<T>(locale: string, url: string, look: (page: Page) => Promise<T>, options?: Look): Promise<T>
  /** What axe finds on a page, or in the HTML of a mail. */
  violations(of: { url: string } | { html: string }, colorScheme: 'light' | 'dark'): Promise<string[]>
  /** With SCREENSHOTS set keeps a picture for people to look at, in `test/screenshots`. */
  shoot(page: Page, name: string): Promise<unknown>
  close(): Promise<void>
}

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

const off = { enabled: false }

export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = findBrowser()
  if (executablePath === undefined)
    throw new Error('there is no Chromium: install it, or say where it is in CHROMIUM_PATH')
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const browser = await launch(executablePath)
  let examining: Promise<Page> | undefined
  return {
    async visit(locale, url, look, { width = 1280, colorScheme = 'light', scripts = false } = {}) {
      const context = await browser.newContext({
        locale,
        colorScheme,
        javaScriptEnabled: scripts,
        viewport: { width, height: 800 },
        deviceScaleFactor: width < 500 ? 2 : 1,
      })
      const page = await context.newPage()
      const failures: string[] = []
      page.on('requestfailed', (request) => failures.push(request.url()))
      try {
        await page.goto(url)
        const result = await look(page)
        // no other resource was asked for, and the style was not refused by the policy
        expect(failures).toEqual([])
        return result
      } finally {
        await context.close()
      }
    },
    async violations(of, colorScheme) {
      examining ??= examiner(browser)
      const page = await examining
      await page.emulateMedia({ colorScheme })
      if ('url' in of) await page.goto(of.url)
      else {
        await page.goto('about:blank')
        await page.setContent(of.html)
      }
      await page.evaluate(axe)
      const found = await page.evaluate(
        (options) => (globalThis as unknown as { axe: Axe }).axe.run(options),
        // a mail is part of a page, which has the landmarks
        'html' in of ? { rules: { 'landmark-one-main': off, region: off } } : {},
      )
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    },
    shoot: async (page, name) =>
      process.env.SCREENSHOTS
        ? page.screenshot({ path: `${screenshots}${name}.png`, fullPage: true })
        : undefined,
    close: () => browser.close(),
  }
}

/** In a context of its own: axe is a script, which the pages' own policy would refuse. One for all: to make it takes longest. */
async function examiner(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ bypassCSP: true })
  return context.newPage()
}

function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
