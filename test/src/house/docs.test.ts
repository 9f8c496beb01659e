import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settingNames } from '@envoi/core'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFile(join(root, path), 'utf8')

interface Manifest {
  workspaces?: string[]
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}
const manifest = async (folder: string) => JSON.parse(await read(join(folder, 'package.json'))) as Manifest

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...(await readdir(join(root, 'docs'), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

test.each(pages)('the links of %s lead somewhere', async (page) => {
  const links = [...(await read(page)).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '')
  expect(links.filter((link) => !existsSync(join(root, normalize(join(dirname(page), link)))))).toEqual([])
})

test.each(pages)('the files that %s names are there', async (page) => {
  const folders = 'openapi|prisma|core|api|workers|sdk|supervisor|test|scripts|docs|.ci'
  const paths = [...(await read(page)).matchAll(/`([\w.-]+\/[^`\s]*)`/g)].map(([, path]) => path ?? '')
  const ours = paths.filter((path) => new RegExp(`^(${folders})/`).test(path) && !/[<>*{]/.test(path))
  expect(ours.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test.each(pages)('the commands that %s names exist', async (page) => {
  const { scripts = {} } = await manifest('.')
  const names = [...(await read(page)).matchAll(/(?:`|^)npm (?:run )?([a-z][a-z:]*)/gm)].map(
    ([, name]) => name ?? '',
  )
  const npmsOwn = ['install', 'ci']
  expect(names.filter((name) => !(name in scripts) && !npmsOwn.includes(name))).toEqual([])
})

test('every dependency earns its line in docs/dependencies.md, and no line is left over', async () => {
  const { workspaces = [] } = await manifest('.')
  const used = new Set<string>()
  for (const folder of ['.', ...workspaces]) {
    const { dependencies, devDependencies } = await manifest(folder)
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      if (!name.startsWith('@envoi/') && !name.startsWith('@types/')) used.add(name)
    }
  }
  const rows = (await read('docs/dependencies.md')).split('\n').filter((line) => line.startsWith('| `'))
  const listed = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  )
  expect(listed.sort()).toEqual([...used].sort())
})

test('the README explains every setting and every package', async () => {
  const readme = await read('README.md')
  const { workspaces = [] } = await manifest('.')
  expect(Object.keys(settingNames).filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
  expect(workspaces.filter((name) => !readme.includes(`(${name})`))).toEqual([])
})

test('decisions are numbered without a gap, and begin with their number', async () => {
  const names = (await readdir(join(root, 'docs/decisions'))).sort()
  for (const [index, name] of names.entries()) {
    expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`))
    expect(await read(`docs/decisions/${name}`)).toMatch(new RegExp(`^# ${index + 1}\\. `))
  }
})
