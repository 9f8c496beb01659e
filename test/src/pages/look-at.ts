/** What a mail looks like. */
import { expect } from 'vitest'
import type { TestBrowser } from './browser.ts'

const schemes = ['light', 'dark'] as const

export const asPage = (html: string) => `data:text/html;base64,${Buffer.from(html).toString('base64')}`

/** Looked at on a telephone and a desk, in both schemes; nothing sticks out. */
export async function lookAt(browser: TestBrowser, name: string, html: string): Promise<void> {
  await browser.visit('fr-FR', asPage(html), async (page) => {
    for (const width of [375, 700]) {
      await page.setViewportSize({ width, height: 800 })
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme })
        await browser.shoot(page, `${name}-${width}-${colorScheme}`)
      }
      const wide = () =>
        (globalThis as unknown as { document: { documentElement: { scrollWidth: number } } }).document
          .documentElement.scrollWidth
      expect(await page.evaluate(wide)).toBe(width)
    }
  })
  for (const scheme of schemes) expect(await browser.violations({ html }, scheme)).toEqual([])
}
