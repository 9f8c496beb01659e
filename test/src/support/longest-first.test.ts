import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { long, rank } from './longest-first.ts'

test('the files that take longest exist, and come before all others', () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  expect(long.filter((name) => !existsSync(root + name))).toEqual([])
  const paths = ['core/src/text.test.ts', 'test/src/cli/login.test.ts', 'test/src/crash/imports.test.ts']
  expect(paths.map((path) => `/envoi/${path}`).sort((a, b) => rank(a) - rank(b))).toEqual([
    '/envoi/test/src/crash/imports.test.ts',
    '/envoi/test/src/cli/login.test.ts',
    '/envoi/core/src/text.test.ts',
  ])
})
