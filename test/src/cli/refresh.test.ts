import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Cli, describe, expect, test } from './cli.ts'

const kept = async ({ credentials }: Cli) => JSON.parse(await readFile(credentials, 'utf8'))
/** The access token is over, as far as this machine can tell. */
const expire = async (cli: Cli) =>
  writeFile(cli.credentials, JSON.stringify({ ...(await kept(cli)), renewAt: 0 }))

describe('a session', () => {
  test('is renewed when its time is over, and kept for the next command', async ({ ada }) => {
    const before = await kept(ada)
    await expire(ada)
    expect((await ada.run(['whoami'])).code).toBe(0)
    const after = await kept(ada)
    expect(after).toMatchObject({ sessionId: before.sessionId, email: before.email })
    expect(after.refreshToken).not.toBe(before.refreshToken)
    expect(after.renewAt).toBeGreaterThan(Date.now())
    expect((await stat(ada.credentials)).mode & 0o777).toBe(0o600)
    expect((await ada.run(['whoami'])).code).toBe(0)
    expect(await kept(ada)).toEqual(after)
  })

  test('is renewed when the server refuses its token before its time: clocks differ', async ({ ada }) => {
    const before = await kept(ada)
    await writeFile(ada.credentials, JSON.stringify({ ...before, accessToken: 'refused' }))
    expect((await ada.run(['whoami'])).code).toBe(0)
    const after = await kept(ada)
    expect(after.refreshToken).not.toBe(before.refreshToken)
    expect(after.accessToken).not.toBe('refused')
  })

  test('survives commands that renew it at the same time', async ({ ada, account }) => {
    for (let round = 0; round < 2; round++) {
      await expire(ada)
      const commands = [['whoami'], ['keys', 'list'], ['audit', 'list'], ['whoami', '--json']]
      const codes = await Promise.all(commands.map(async (args) => (await ada.run(args)).code))
      expect(codes).toEqual([0, 0, 0, 0])
    }
    const events = (await account.api.auditEvents.list({ action: 'sessions.refresh' })).data
    expect(events.map(({ outcome }) => outcome)).toEqual(['success', 'success'])
    expect((await ada.run(['whoami'])).code).toBe(0)
  })

  test('is not held up by a command that was killed while it renewed', async ({ ada }) => {
    const { hostname } = await import('node:os')
    await expire(ada)
    const lock = join(dirname(ada.credentials), 'lock')
    // no process has this number
    await writeFile(lock, `${hostname()} ${2 ** 30} left-behind`)
    expect((await ada.run(['whoami'])).code).toBe(0)
    await expect(stat(lock)).rejects.toThrow('ENOENT')
  })

  test('that was ended elsewhere is said to have ended', async ({ ada, account }) => {
    await account.api.sessions.delete((await kept(ada)).sessionId)
    const early = await ada.run(['whoami'])
    expect([early.code, early.stdout]).toEqual([3, ''])
    await expire(ada)
    const { code, stderr } = await ada.run(['whoami'])
    expect([code, stderr]).toEqual([3, expect.stringContaining('Your session has ended')])
    expect(stderr).toContain('envoi login')
    // and logging in again is all it takes
    expect((await ada.login(account)).code).toBe(0)
    expect((await ada.run(['whoami'])).code).toBe(0)
  })
})
