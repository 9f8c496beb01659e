import { spawn, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contactsOf } from '../imports/support.ts'
import { type Cli, cliArguments, describe, expect, test } from './cli.ts'
import { startStallingNetwork } from './stalled-upload.ts'

const origin = ['--origin', 'newsletter form']
const people = 'email,firstName\nada@example.com,Ada\n'
const put = (cli: Cli, name: string, content: string) => writeFile(join(cli.folder, name), content)
const idIn = (text: string, flag: string) => new RegExp(`--${flag} ([0-9a-f-]{36})`).exec(text)?.[1] ?? ''

describe('Ctrl-C', () => {
  test('while the import runs: it goes on at the server, and one can come back to it', async ({
    ada,
    account,
    drain,
  }) => {
    await put(ada, 'people.csv', people)
    const running = ada.start(['import', 'people.csv', ...origin, '--json'])
    await running.says('Importing')
    running.interrupt()
    const { code, stdout, stderr } = await running.ended
    expect([code, JSON.parse(stdout)]).toEqual([130, { error: { title: 'Interrupted', exitCode: 130 } }])
    expect(stderr).toContain('The import goes on at the server.')
    await drain()
    expect((await contactsOf(account)).length).toBe(1)
    expect(await ada.json(['import', '--resume', idIn(stderr, 'resume')])).toMatchObject({
      code: 0,
      data: { status: 'completed', counts: { created: 1 } },
    })
  })

  test('while the import runs: it can be stopped', async ({ ada, account, drain }) => {
    await put(ada, 'people.csv', people)
    const running = ada.start(['import', 'people.csv', ...origin])
    await running.says('Importing')
    running.interrupt()
    const id = idIn((await running.ended).stderr, 'cancel')
    expect((await ada.run(['import', '--cancel', id])).code).toBe(0)
    await drain()
    expect(await contactsOf(account)).toEqual([])
    expect(await ada.json(['import', '--resume', id])).toMatchObject({
      code: 1,
      data: { status: 'cancelled' },
    })
  })

  test('while the file is sent: nothing of it is kept, and it can be sent again', async ({
    cli,
    account,
    server,
    workers: _,
  }) => {
    const network = await startStallingNetwork(server.url)
    const env = { ENVOI_API_KEY: await account.key({ role: 'owner' }) }
    // more than the buffers on the way hold
    const size = 32 * 1024 * 1024
    await put(cli, 'people.csv', `${people}${' '.repeat(1023)}\n`.padEnd(size, `${' '.repeat(1023)}\n`))
    const running = cli.start(['import', 'people.csv', ...origin, '--url', network.url], { env })
    await running.says('Sending people.csv')
    running.interrupt()
    const { code, stderr } = await running.ended
    await network.close()
    expect([code, stderr]).toEqual([130, expect.stringContaining('nothing of it was kept')])
    expect(stderr).not.toContain('100 %')

    const id = idIn(stderr, 'resume')
    expect((await account.api.imports.get(id)).status).toBe('awaiting_file')
    const unnamed = await cli.run(['import', '--resume', id], { env })
    expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('waits for its file')])
    await put(cli, 'people.csv', people)
    const again = await cli.json(['import', 'people.csv', '--resume', id], { env })
    expect(again).toMatchObject({ code: 0, data: { id, status: 'completed', counts: { created: 1 } } })
  })
})

test('a server that goes away during the import is said, with how to go on', async ({
  cli,
  account,
  server,
}) => {
  const { startTcpProxy } = await import('../support/tcp-proxy.ts')
  const network = await startTcpProxy(server.url)
  const env = { ENVOI_API_KEY: await account.key({ role: 'owner' }) }
  await put(cli, 'people.csv', people)
  const url = network.url.replace(/\/$/, '')
  const running = cli.start(['import', 'people.csv', ...origin, '--url', url], { env })
  await running.says('Importing')
  await network.cut()
  const { code, stderr } = await running.ended
  expect(code).toBe(6)
  expect(stderr).toContain('The server could not be reached')
  expect(stderr).toContain(`envoi import --resume ${idIn(stderr, 'resume')}`)
})

const hasScript = spawnSync('script', ['--version']).status === 0
// a terminal comes from util-linux, which is not among what the tests may ask of a machine
test.skipIf(!hasScript)(
  'in a terminal a bar shows how far it is, and NO_COLOR is heeded',
  async ({ cli, account, server, workers: _ }) => {
    const inTerminal = async (args: string, env: Record<string, string>) => {
      const child = spawn(
        'script',
        ['-qefc', `${[process.execPath, ...cliArguments].join(' ')} ${args}`, '/dev/null'],
        {
          cwd: cli.folder,
          env: {
            PATH: process.env.PATH,
            XDG_CONFIG_HOME: cli.folder,
            ENVOI_URL: server.url,
            TERM: 'xterm',
            ...env,
          },
        },
      )
      let screen = ''
      child.stdout.on('data', (chunk) => (screen += chunk))
      await new Promise((resolve) => child.once('close', resolve))
      return screen
    }
    await put(cli, 'people.csv', people)
    const env = { ENVOI_API_KEY: await account.key({ role: 'owner' }) }
    const screen = await inTerminal('import people.csv --origin form', env)
    expect(screen).toContain('\r\x1b[2KSending people.csv [##############################] 100 %')
    expect(screen).toMatch(/created +1/)
    expect(await inTerminal('sing', {})).toContain('\x1b[31menvoi:\x1b[39m There is no command')
    expect(await inTerminal('sing', { NO_COLOR: '1' })).toMatch(/^envoi: There is no command/)
  },
)
