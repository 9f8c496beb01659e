import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type Cli, describe, expect, test } from './cli.ts'

const nowhere = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'

/** A server that answers everything so. */
async function answering(status: number, body: object, type = 'application/problem+json') {
  const server = createServer((_, response) =>
    response
      .writeHead(status, { 'content-type': type, 'x-request-id': 'request-1' })
      .end(JSON.stringify(body)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    close: () => server.close(),
  }
}
const withKey = { env: { ENVOI_API_KEY: 'envoi_live_any' } }

describe('the exit code', () => {
  const usage: [string, string[], string][] = [
    ['an unknown command', ['sing'], 'There is no command sing'],
    ['an unknown command of a group', ['keys', 'sing'], 'There is no command keys sing'],
    ['an unknown flag', ['whoami', '--loud'], "Unknown option '--loud'"],
    ['a missing argument', ['keys', 'revoke'], '<key> is missing'],
    ['an argument too many', ['whoami', 'else'], 'else is one argument too many'],
    ['a value that is none of those', ['export', nowhere, '--format', 'xml'], '--format is one of json, csv'],
    ['a number that is none', ['audit', 'list', '--limit', 'many'], '--limit is a whole number'],
    ['an address that is none', ['whoami', '--url', 'ftp://example.com'], 'is no address of a server'],
    ['a key that may do nothing', ['keys', 'create', 'x'], 'either --role or --permission'],
    [
      'a date that is none',
      ['keys', 'create', 'x', '--role', 'dpo', '--expires', 'soon'],
      '--expires is a date',
    ],
    ['a contact that is none', ['export', 'Ada'], 'neither an id nor an email'],
    [
      'a waiver without a reason',
      ['accounts', 'approve', nowhere, '--waive', 'company'],
      '--reason is missing',
    ],
    ['a waiver of what is no step', ['accounts', 'approve', nowhere, '--waive', 'mood'], '--waive takes'],
    ['a status that there is not', ['accounts', 'list', '--status', 'happy'], '--status takes'],
    ['a suspension without a reason', ['accounts', 'suspend', nowhere], '--reason is missing'],
  ]
  test.for(usage)('is 2 for %s', async ([, args, words], { cli }) => {
    const env = { ENVOI_API_KEY: 'envoi_live_any', ENVOI_OPERATOR_TOKEN: 'any' }
    const { code, stdout, stderr } = await cli.run(args, { env })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
  })

  test('is 3 for what is not permitted, with the permission in words', async ({ cli, account }) => {
    const env = { ENVOI_API_KEY: await account.key({ permissions: ['contacts:read'] }) }
    const { code, stderr } = await cli.run(['audit', 'list'], { env })
    expect([code, stderr]).toEqual([3, expect.stringContaining('audit:read')])
    expect((await cli.run(['accounts', 'list'])).code).toBe(3)
  })

  test('is 4 for what is not there', async ({ ada }) => {
    for (const args of [
      ['keys', 'revoke', nowhere],
      ['export', nowhere],
      ['erase', 'nobody@example.com', '--yes'],
      ['import', '--resume', nowhere],
    ])
      expect([args, (await ada.run(args)).code]).toEqual([args, 4])
    expect(await ada.json(['keys', 'revoke', nowhere])).toMatchObject({
      code: 4,
      data: { error: { code: 'not_found', status: 404, exitCode: 4 } },
    })
  })

  test('is 6 for a server that is away or broken', async ({ cli }) => {
    const away = await cli.json(['whoami', '--url', 'http://127.0.0.1:9'], withKey)
    expect(away).toMatchObject({ code: 6, data: { error: { title: 'The server could not be reached' } } })
    const broken = await answering(502, { any: 'proxy' }, 'application/json')
    const { code, stderr } = await cli.run(['whoami', '--url', broken.url], withKey)
    broken.close()
    expect([code, stderr]).toEqual([6, expect.stringContaining('The server answered HTTP 502')])
  })
})

describe('a refusal', () => {
  const refused = {
    title: 'A rule refuses it',
    status: 422,
    code: 'invalid',
    detail: 'Two things are wrong.',
    errors: [
      { pointer: '/name', detail: 'is too long' },
      { pointer: '/role', detail: 'is none' },
    ],
  }
  const create = (cli: Cli, url: string, ...more: string[]) =>
    cli.run(['keys', 'create', 'x', '--role', 'king', '--url', url, ...more], withKey)

  test('shows title, detail, a line for each field, and the request', async ({ cli }) => {
    const server = await answering(422, refused)
    const { code, stdout, stderr } = await create(cli, server.url)
    const json = await create(cli, server.url, '--json')
    server.close()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe(
      [
        'envoi: A rule refuses it',
        '  Two things are wrong.',
        '  /name: is too long',
        '  /role: is none',
        '  request request-1\n',
      ].join('\n'),
    )
    expect(JSON.parse(json.stdout)).toEqual({
      error: { ...refused, requestId: 'request-1', exitCode: 1 },
    })
    expect(json.stderr).toBe(stderr)
  })

  test('cannot move the cursor, whatever is in its words', async ({ cli }) => {
    const hostile = '\x1b]0;owned\x07\x1b[2J\u202Egnp.exe\u009b31m'
    const server = await answering(422, { ...refused, title: hostile, detail: hostile })
    const { stderr } = await create(cli, server.url)
    const json = await create(cli, server.url, '--json')
    server.close()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not be there
    for (const text of [stderr, json.stdout]) expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(JSON.parse(json.stdout).error.title).toBe(hostile)
  })

  test('of the real server names the field', async ({ ada }) => {
    const { code, stderr } = await ada.run(['keys', 'create', 'x', '--permission', 'contacts:juggle'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('/permissions/0: ')])
  })
})

describe('help', () => {
  test('lists every command and exit code, as the documentation does', async ({ cli }) => {
    const { code, stdout } = await cli.run(['--help'])
    expect(code).toBe(0)
    const commands = [...stdout.matchAll(/^ {2}([a-z]+(?: [a-z-]+)?)(?: | *$)/gm)].map(
      ([, name]) => name ?? '',
    )
    const codes = [...stdout.matchAll(/^ {2}(\d+) +(.+)$/gm)].map(([, number, words]) => [number, words])
    expect(commands).toEqual(expect.arrayContaining(['login', 'keys create', 'audit verify']))
    expect(codes.map(([number]) => number)).toEqual(['0', '1', '2', '3', '4', '5', '6', '130'])
    const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')
    const page = await read('docs/command-line.md')
    expect(commands.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
    for (const text of [page, await read('sdk/README.md')])
      expect(
        [...text.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, number, words]) => [number, words]),
      ).toEqual(codes)
  })

  test('of each command explains its flags, before or after its name', async ({ cli }) => {
    for (const args of [
      ['help', 'import'],
      ['import', '--help'],
      ['import', 'a.csv', '-h'],
    ]) {
      const { code, stdout } = await cli.run(args)
      expect([code, stdout]).toEqual([0, expect.stringContaining('envoi import [<file>] [flags]')])
      expect(stdout).toContain('--dry-run')
    }
    expect((await cli.run(['keys', '--help'])).stdout).toContain('keys create <name>')
  })

  test('comes on stderr, with exit code 2, when no command is given', async ({ cli }) => {
    for (const args of [[], ['keys']]) {
      const { code, stdout, stderr } = await cli.run(args)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('keys create <name>')
    }
  })

  test('the version is that of the package', async ({ cli }) => {
    const { data } = await cli.json(['--version'])
    expect(data.version).toMatch(/^\d+\.\d+\.\d+/)
  })
})
