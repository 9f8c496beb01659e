import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test as base, describe, expect } from '../support/fixture.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The first example of the README: what newcomers copy. */
async function readmeExample(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  if (example === undefined) throw new Error('README.md has no example')
  return example
}

/** A folder of a customer: nothing in it but the packed SDK, installed from tarballs alone. */
const test = base.extend<{ folder: { path: string; files: string[] } }>({
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of needed fixtures from the pattern
    async ({}, use) => {
      const path = await mkdtemp(join(tmpdir(), 'envoi-customer-'))
      const packages = ['sdk', 'node_modules/openapi-fetch', 'node_modules/openapi-typescript-helpers']
      const { stdout } = await run(
        'npm',
        [
          'pack',
          '--json',
          '--ignore-scripts',
          '--pack-destination',
          path,
          ...packages.map((name) => `./${name}`),
        ],
        { cwd: root },
      )
      const packed = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
      await writeFile(join(path, 'package.json'), '{ "type": "module", "private": true }')
      const tarballs = packed.map(({ filename }) => `./${filename}`)
      await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs], {
        cwd: path,
      })
      await use({ path, files: packed[0]?.files.map((file) => file.path) ?? [] })
      await rm(path, { recursive: true, force: true })
    },
    { scope: 'file' },
  ],
})

describe('the packed SDK', { timeout: 240_000 }, () => {
  test('holds the client and its types, and no test', ({ folder }) => {
    expect(folder.files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'src/index.ts']))
    expect(folder.files.filter((file) => /test|tsbuildinfo/.test(file))).toEqual([])
  })

  test("runs the README's example in a folder that holds nothing else", async ({
    folder,
    account,
    server,
    drain,
  }) => {
    const example = (await readmeExample()).replace('http://127.0.0.1:8080', server.url)
    await writeFile(join(folder.path, 'example.js'), example)
    await writeFile(join(folder.path, 'audience.csv'), 'Email Address,First Name\nada@example.com,Ada\n')
    let ended = false
    const child = run(process.execPath, ['example.js'], {
      cwd: folder.path,
      env: { ...process.env, ENVOI_API_KEY: await account.key({ role: 'owner' }) },
    }).finally(() => {
      ended = true
    })
    // the worker's part
    while (!ended) await drain()
    expect((await child).stdout).toBe(
      "ada@example.com { source: 'newsletter form', detail: null, collectedAt: null }\n",
    )
  })

  test('brings the command line, which does its work there', async ({ folder, account, server }) => {
    expect(folder.files).toEqual(expect.arrayContaining(['bin/envoi.js', 'dist/cli/main.js', 'README.md']))
    const envoi = (...args: string[]) =>
      run('npx', ['--no-install', 'envoi', ...args], {
        cwd: folder.path,
        env: { ...process.env, ENVOI_URL: server.url, ENVOI_API_KEY: key },
      })
    const key = await account.key({ role: 'owner' })
    expect((await envoi('--help')).stdout).toContain('keys create <name>')
    expect(JSON.parse((await envoi('whoami', '--json')).stdout)).toMatchObject({
      account: { id: account.id },
    })
  })

  test("has types that a strict compiler takes, for the README's example", async ({ folder }) => {
    await writeFile(join(folder.path, 'example.ts'), await readmeExample())
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023']
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    await expect(
      run(process.execPath, [compiler, ...options, ...types, 'example.ts'], { cwd: folder.path }),
    ).resolves.toMatchObject({ stdout: '' })
  })
})
