import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cliIn, describe, expect, test } from './cli.ts'
import { hasTerminal, onTerminal } from './terminal.ts'

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
const kept = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

describe('login', () => {
  test('keeps a session in a file and a folder that nobody else can read', async ({
    cli,
    account,
    server,
  }) => {
    const { code, stdout } = await cli.login(account)
    expect([code, stdout]).toEqual([0, `Logged in at ${server.url} as ${account.ownerEmail}.\n`])
    expect(await modeOf(cli.credentials)).toBe('600')
    expect(await modeOf(dirname(cli.credentials))).toBe('700')
    expect(await kept(cli.credentials)).toMatchObject({ url: server.url, email: account.ownerEmail })
  })

  test('closes a folder and a file that stood open', async ({ cli, account }) => {
    await mkdir(dirname(cli.credentials), { mode: 0o755 })
    await writeFile(cli.credentials, 'no JSON', { mode: 0o644 })
    expect((await cli.login(account)).code).toBe(0)
    expect([await modeOf(dirname(cli.credentials)), await modeOf(cli.credentials)]).toEqual(['700', '600'])
    await chmod(cli.credentials, 0o640)
    await cli.run(['whoami'])
    expect(await modeOf(cli.credentials)).toBe('600')
  })

  test('with a wrong password is refused, and nothing is kept', async ({ cli, account }) => {
    const { code, stdout, stderr } = await cli.login(account, { input: 'guessed, of course' })
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain('envoi: Email or password is wrong\n')
    await expect(stat(cli.credentials)).rejects.toThrow('ENOENT')
  })

  test('takes no password as an argument, and shows it nowhere', async ({ cli, account }) => {
    const { code, stderr } = await cli.run(['login', '--email', account.ownerEmail, '--password', 'x'])
    expect([code, stderr]).toEqual([2, expect.stringContaining("Unknown option '--password'")])
    const { stdout, stderr: said } = await cli.login(account)
    expect(stdout + said + (await readFile(cli.credentials, 'utf8'))).not.toContain(account.password)
  })

  test('where there is no terminal says how to do without', async ({ cli }) => {
    const { code, stderr } = await cli.run(['login'])
    expect(code).toBe(2)
    expect(stderr).toContain('give --email and --password-stdin')
  })

  test('ends the session it replaces', async ({ ada, account, server }) => {
    const { sessionId } = await kept(ada.credentials)
    expect((await ada.login(account)).code).toBe(0)
    const sessions = (await account.api.sessions.list()).data.map(({ id }) => id)
    expect(sessions).toContain((await kept(ada.credentials)).sessionId)
    expect(sessions).not.toContain(sessionId)
    expect((await ada.run(['whoami'])).stdout).toContain(server.url)
  })

  test.skipIf(!hasTerminal)(
    'asks on a terminal, and does not show the password',
    async ({ cli, account, server }) => {
      const terminal = onTerminal(cli, server.url, 'login')
      await terminal.answer('Email:', `${account.ownerEmail}\r`)
      await terminal.answer('Password:', `${account.password}\r`)
      const code = await terminal.ended
      expect(terminal.screen()).toContain(`Logged in at ${server.url} as ${account.ownerEmail}.`)
      expect(terminal.screen()).not.toContain(account.password)
      expect(code).toBe(0)
    },
  )

  test.skipIf(!hasTerminal)('ends at Ctrl-C while it asks', async ({ cli, server }) => {
    const terminal = onTerminal(cli, server.url, 'login --email ada@example.com')
    await terminal.answer('Password:', '\x03')
    expect(await terminal.ended).toBe(130)
    expect(terminal.screen()).toContain('Interrupted')
  })
})

describe('whoami', () => {
  test('shows the server, the user and the account', async ({ ada, account, server }) => {
    const { code, stdout } = await ada.run(['whoami'])
    expect(code).toBe(0)
    for (const shown of [server.url, account.ownerEmail, account.id, 'Atelier Ada', 'active'])
      expect(stdout).toContain(shown)
    expect(await ada.json(['whoami'])).toMatchObject({
      code: 0,
      data: {
        url: server.url,
        credentials: 'session',
        email: account.ownerEmail,
        account: { id: account.id, status: 'active' },
      },
    })
  })

  test('shows the API key that goes before the session', async ({ ada, server }) => {
    const other = await server.openAccount({ name: 'Atelier Grace' })
    const env = { ENVOI_API_KEY: `${await other.key({ role: 'owner' })}\n` }
    expect((await ada.json(['whoami'], { env })).data).toMatchObject({
      credentials: 'api_key',
      email: null,
      account: { name: 'Atelier Grace' },
    })
  })

  test('shows what it can of a key that may not read the account', async ({ cli, account }) => {
    const env = { ENVOI_API_KEY: await account.key({ permissions: ['contacts:read'] }) }
    const { code, stdout } = await cli.run(['whoami'], { env })
    expect([code, stdout]).toEqual([0, expect.stringContaining('account:read is missing')])
  })

  test('is refused to nobody, and to a mistyped or unprintable key', async ({ cli, account }) => {
    expect(await cli.json(['whoami'])).toMatchObject({
      code: 3,
      data: { error: { title: 'You are not logged in' } },
    })
    const key = await account.key({ role: 'owner' })
    const mistyped = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')
    const refused = await cli.run(['whoami'], { env: { ENVOI_API_KEY: mistyped } })
    expect([refused.code, refused.stdout]).toEqual([3, ''])
    expect(refused.stderr).toContain('ENVOI_API_KEY goes first when it is set')
    expect(refused.stderr).not.toContain(mistyped)
    expect((await cli.run(['whoami'], { env: { ENVOI_API_KEY: 'clé' } })).code).toBe(2)
  })

  test('shows a session to no server but its own', async ({ ada, account }) => {
    const seen: string[] = []
    const { createServer } = await import('node:http')
    const stranger = createServer((request, response) => {
      seen.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const address = stranger.address() as { port: number }
    const url = `http://127.0.0.1:${address.port}`
    const { code, stderr } = await ada.run(['whoami', '--url', url])
    stranger.close()
    expect([code, seen]).toEqual([3, []])
    expect(stderr).toContain(`You are not logged in at ${url}`)
    expect(stderr).toContain(account.ownerEmail)
  })
})

describe('logout', () => {
  test('ends the session at the server and here, and can be repeated', async ({ ada, server, account }) => {
    const { accessToken, sessionId } = await kept(ada.credentials)
    expect((await ada.run(['logout'])).stdout).toBe(`Logged out at ${server.url}.\n`)
    await expect(stat(ada.credentials)).rejects.toThrow('ENOENT')
    const answer = await fetch(`${server.url}/v1/account`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    expect(answer.status).toBe(401)
    expect((await account.api.sessions.list()).data.map(({ id }) => id)).not.toContain(sessionId)
    expect(await ada.json(['logout'])).toEqual({ code: 0, data: { loggedOut: false } })
    expect((await ada.run(['whoami'])).code).toBe(3)
  })

  test('forgets the session even when the server is away, and says that it lives on', async ({ ada }) => {
    const credentials = await kept(ada.credentials)
    await writeFile(ada.credentials, JSON.stringify({ ...credentials, url: 'http://127.0.0.1:9' }))
    const { code, stderr } = await ada.run(['logout'])
    expect([code, stderr]).toEqual([6, expect.stringContaining('could not be ended at the server')])
    await expect(stat(ada.credentials)).rejects.toThrow('ENOENT')
  })
})

test('the configuration is in ~/.config where XDG_CONFIG_HOME says nothing, or nothing sensible', async ({
  cli,
  account,
  server,
}) => {
  const home = cliIn(cli.folder, server.url)
  for (const XDG_CONFIG_HOME of ['', 'relative']) {
    const env = { HOME: cli.folder, XDG_CONFIG_HOME }
    expect((await home.login(account, { env })).code).toBe(0)
    expect(await modeOf(join(cli.folder, '.config/envoi/credentials.json'))).toBe('600')
  }
})
