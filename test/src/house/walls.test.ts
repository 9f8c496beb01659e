import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** The rules of `.dependency-cruiser.mjs`, tried on a small house where each is broken once: they must all be noticed. */
const root = fileURLToPath(new URL('../../..', import.meta.url))

const allowed = [
  ['core', 'openapi'],
  ['core', 'prisma'],
  ['api', 'openapi'],
  ['api', 'core'],
  ['workers', 'core'],
  ['supervisor', 'prisma'],
  ['supervisor', 'core'],
  ['scripts', 'sdk'],
  ['scripts', 'supervisor'],
  ['test', 'api'],
  ['test', 'sdk'],
] as const

const refused = [
  ['openapi', 'core'],
  ['openapi', 'sdk'],
  ['prisma', 'core'],
  ['core', 'api'],
  ['core', 'workers'],
  ['core', 'test'],
  ['api', 'workers'],
  ['api', 'prisma'],
  ['workers', 'api'],
  ['workers', 'openapi'],
  ['workers', 'prisma'],
  ['sdk', 'openapi'],
  ['sdk', 'core'],
  ['supervisor', 'api'],
  ['test', 'scripts'],
] as const

const libraries = [
  ['core', 'fastify', 'http-stays-in-api'],
  ['api', 'pg', 'sql-stays-in-core'],
  ['core', '@prisma/client', 'prisma-stays-in-prisma'],
  ['core', 'vitest', 'test-tools-stay-in-tests'],
  ['core', 'maildev', 'mail-catcher-stays-in-supervisor'],
  ['core', 'bullmq', 'queues-stay-in-workers'],
  ['core', 'ioredis', 'redis-stays-at-the-edges'],
  ['api', 'nodemailer', 'mail-stays-in-core'],
  ['workers', 'mjml', 'mail-stays-in-core'],
  ['core', 'left-pad', 'no-undeclared-package'],
] as const

const packages = ['openapi', 'prisma', 'core', 'api', 'workers', 'sdk', 'supervisor', 'test', 'scripts']
const declared = libraries.map(([, library]) => library).filter((library) => library !== 'left-pad')
const fileOf = (from: string, to: string) => `${from}/src/to-${to.replace(/\W/g, '-')}.ts`
const leaf = 'export const x = 1\n'
const importing = (path: string) => `import { x } from '${path}'\nexport const y = x\n`

let folder: string
/** Names of the broken rules, by file. */
let broken: Map<string, string[]>

beforeAll(async () => {
  folder = await temporaryFolder('walls')
  const write = async (path: string, content: string) => {
    await mkdir(join(folder, dirname(path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  await copyFile(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
  for (const name of packages) {
    const dependencies = Object.fromEntries(declared.map((library) => [library, '1']))
    await write(`${name}/package.json`, JSON.stringify({ name, type: 'module', dependencies }))
    await write(`${name}/src/leaf.ts`, leaf)
  }
  for (const [from, to] of [...allowed, ...refused]) {
    await write(fileOf(from, to), importing(`../../${to}/src/leaf.ts`))
  }
  for (const [from, library] of libraries) {
    await write(`node_modules/${library}/package.json`, JSON.stringify({ name: library, version: '1.0.0' }))
    await write(`node_modules/${library}/index.js`, leaf)
    await write(fileOf(from, library), importing(library))
  }
  await write('core/src/circle.ts', "import { y } from './other-half.ts'\nexport const x = () => y\n")
  await write('core/src/other-half.ts', importing('./circle.ts'))
  await write('core/src/leaf.test.ts', leaf)
  await write('core/src/imports-a-test.ts', importing('./leaf.test.ts'))
  broken = cruise()
}, 60_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

function cruise(): Map<string, string[]> {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const config = join(root, '.dependency-cruiser.mjs')
  const args = [cruiser, '--config', config, '--output-type', 'json', ...packages]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] }
  }
  const found = new Map<string, string[]>()
  for (const { from, rule } of summary.violations) found.set(from, [...(found.get(from) ?? []), rule.name])
  return found
}

test.each(allowed)('%s may import %s', (from, to) => {
  expect(broken.get(fileOf(from, to))).toBeUndefined()
})

test.each(refused)('%s may not import %s', (from, to) => {
  expect(broken.get(fileOf(from, to))).toEqual([`wall-of-${from}`])
})

test.each(libraries)('%s may not import %s: %s', (from, library, rule) => {
  expect(broken.get(fileOf(from, library))).toEqual([rule])
})

test('files may not import each other, nor tests', () => {
  expect(broken.get('core/src/circle.ts')).toEqual(['no-circles'])
  expect(broken.get('core/src/imports-a-test.ts')).toEqual(['no-import-of-tests'])
})
