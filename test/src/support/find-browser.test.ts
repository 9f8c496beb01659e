import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findBrowser } from './find-browser.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('a browser is found under any of the names that systems give it', async () => {
  const folder = await temporaryFolder('browsers')
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, name), '')
    expect(findBrowser({ PATH: join(folder, name) })).toBe(join(folder, name, name))
  }
  const program = join(folder, 'Google/Chrome/Application/chrome.exe')
  await mkdir(join(program, '..'), { recursive: true })
  await writeFile(program, '')
  expect(findBrowser({ PATH: '', LOCALAPPDATA: folder })).toBe(program)
  await rm(folder, { recursive: true })
})

test('CHROMIUM_PATH comes before what would be found', () => {
  expect(findBrowser({ PATH: process.env.PATH, CHROMIUM_PATH: '/opt/chrome' })).toBe('/opt/chrome')
})
