/** What accounts write is read in threads: neither the API nor the workers load what reads it into their own. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

/** They parse Liquid, HTML or MJML. */
const parsers = ['liquidjs', 'htmlparser2', 'html-to-text', 'mjml', 'mjml-core']

const { resolve } = createRequire(import.meta.url)
const entries = ['@envoi/api', '@envoi/workers'].map((name) => pathToFileURL(resolve(name)).href)

/** From built files, which have no types: what is imported there is loaded. */
const importsOf = (text: string) =>
  Array.from(text.matchAll(/(?:\bfrom|\bimport) ?\(?['"]([^'"]+)['"]/g), ([, name]) => name ?? '')

/** All that is loaded from some files on, of our own, and who imports which of the packages looked for. */
function loadedFrom(starts: readonly string[]) {
  const files = new Set(starts)
  const found: string[] = []
  for (const file of files) {
    for (const name of importsOf(readFileSync(new URL(file), 'utf8'))) {
      if (name.startsWith('.')) files.add(new URL(name, file).href)
      else if (name.startsWith('@envoi/core')) files.add(pathToFileURL(resolve(name)).href)
      else if (parsers.includes(name)) found.push(`${file.replace(/^.*\/dist\//, '')} imports ${name}`)
    }
  }
  return { files: [...files], found }
}

test('nothing that runs on an event loop reads Liquid, HTML or MJML', () => {
  const { files, found } = loadedFrom(entries)
  expect(files.some((file) => file.endsWith('/templates/create-template.js'))).toBe(true)
  expect(found).toEqual([])
})

test('the threads do', () => {
  const thread = new URL('content/content-thread.js', pathToFileURL(resolve('@envoi/core')))
  const { found } = loadedFrom([thread.href])
  expect(found).toContain('content/computed-values.js imports liquidjs')
  expect(found).toContain('content/read-spots.js imports htmlparser2')
})
