/**
 * Expressions whose time grows faster than their text are refused: 15 kB of a header once took 110 ms of the thread that
 * everybody's requests share. Whatever is written later is looked at as well; no list has to be kept of what comes from outside.
 */
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { buildDocument, contract } from '@envoi/openapi'
import { describe, expect, test } from 'vitest'
import { slowOnes, verdictKey } from './linear-time.ts'
import { collect, expressionsIn, type Found, patternsIn } from './regular-expressions.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const sources = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.js'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /^(?:openapi|prisma|core|api|workers|sdk|supervisor|scripts)\//.test(file))
  .filter((file) => !file.endsWith('.test.ts') && !file.includes('/generated/'))

/** Made of what is only known at run time, with the reason why it is linear all the same. */
const arguedFor: Record<string, string> = {
  'core/src/contacts/e164.ts': 'patterns of libphonenumber, tried on numbers of up to 40 characters',
}

test('every regular expression of the sources takes linear time', { timeout: 180_000 }, async () => {
  const { literals, made } = await expressionsIn(sources)
  expect(literals.length).toBeGreaterThan(150)
  expect(made.filter(({ where }) => !(where in arguedFor))).toEqual([])
  expect(Object.keys(arguedFor).filter((file) => !made.some(({ where }) => where === file))).toEqual([])
  expect(slowOnes(literals)).toEqual([])
})

test('so does every pattern of the contract', { timeout: 60_000 }, () => {
  const patterns = patternsIn(buildDocument(contract))
  expect(patterns.length).toBeGreaterThan(10)
  expect(slowOnes(patterns)).toEqual([])
})

test('and every format of the contract, as the validator reads it', { timeout: 60_000 }, async () => {
  const document = JSON.stringify(buildDocument(contract))
  const names = new Set([...document.matchAll(/"format":"([^"]+)"/g)].map(([, name = '']) => name))
  const fromApi = createRequire(`${root}/api/package.json`)
  const formats = await import(fromApi.resolve('ajv-formats/dist/formats.js'))
  const read = [...names].flatMap((name) => {
    const format: unknown = formats.fullFormats[name]
    return format instanceof RegExp ? [{ where: name, source: format.source, flags: format.flags }] : []
  })
  // `uri` is read by a function, around these
  const found: Found = { literals: [], made: [] }
  const file = fromApi.resolve('ajv-formats/dist/formats.js')
  collect('ajv-formats', await readFile(file, 'utf8'), found)
  const uri = found.literals.filter(
    ({ source }) => source.includes('[a-z][a-z0-9+\\-.]*:') || source === '\\/|:',
  )
  expect(read.map(({ where }) => where)).toEqual(expect.arrayContaining(['email', 'uuid']))
  expect(uri.length).toBeGreaterThan(1)
  expect(slowOnes([...read, ...uri])).toEqual([])
})

describe('the check', () => {
  test.each([
    String.raw`/\s*;\s*q=/`,
    '/ +$/',
    String.raw`/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i`,
    '/^(a+)+$/',
    '/^(?:a{0,60}){0,60}$/',
    "new RegExp('x*y')",
    "RegExp('(?:a|a)*$', 'i')",
  ])('notices %s', (expression) => {
    const found: Found = { literals: [], made: [] }
    collect('some/file.ts', `const read = (text: string) => ${expression}.test(text)`, found)
    expect(found.literals).toHaveLength(1)
    expect(slowOnes(found.literals, 'judged anew')).toHaveLength(1)
  })

  test('judges anew what is another expression, or has other flags', () => {
    const keys = ['x*y', 'x*z', 'x*y$'].flatMap((source) =>
      ['', 'i', 'u'].map((flags) => verdictKey({ source, flags })),
    )
    expect(new Set(keys).size).toBe(9)
  })

  test('notices one that is put together', () => {
    const found: Found = { literals: [], made: [] }
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    collect('some/file.ts', 'new RegExp(`${a}*b`); // not /this*one/', found)
    expect(found).toMatchObject({ literals: [], made: [{ where: 'some/file.ts' }] })
  })
})
