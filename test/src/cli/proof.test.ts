/** What gives access takes a recent proof: the command line asks for it where somebody is there to answer. */
import { enrol } from '../support/authenticator.ts'
import { describe, expect, test } from './cli.ts'
import { hasTerminal, onTerminal } from './terminal.ts'

const makeKey = 'keys create desk --role analyst'
const quarterMs = 15 * 60_000

describe('in a session that was opened a while ago, making a key', () => {
  test.skipIf(!hasTerminal)(
    'asks for the password on a terminal, does not show it, and goes on',
    async ({ ada, account, server }) => {
      server.platform.clock.advance(quarterMs)
      const first = onTerminal(ada, server.url, makeKey)
      await first.answer('needs your password once more:', `${account.password}\r`)
      expect([await first.ended, first.screen()]).toEqual([0, expect.stringContaining('envoi_live_')])
      expect(first.screen()).not.toContain(account.password)
      // which is good for a while
      const second = onTerminal(ada, server.url, makeKey)
      expect([await second.ended, second.screen()]).toEqual([0, expect.not.stringContaining('once more')])
      expect((await account.api.apiKeys.list()).data).toHaveLength(2)
    },
  )

  test.skipIf(!hasTerminal)(
    'asks for the second factor of who has one; a wrong password makes no key',
    async ({ ada, account, server }) => {
      const app = await enrol(server, account)
      server.platform.clock.advance(quarterMs)
      const wrong = onTerminal(ada, server.url, makeKey)
      await wrong.answer('needs your password once more:', 'guessed it\r')
      expect(await wrong.ended).not.toBe(0)
      expect((await account.api.apiKeys.list()).data).toEqual([])
      const right = onTerminal(ada, server.url, makeKey)
      await right.answer('needs your password once more:', `${account.password}\r`)
      await right.answer('Code of your app', `${app.next()}\r`)
      expect([await right.ended, right.screen()]).toEqual([0, expect.stringContaining('envoi_live_')])
    },
  )

  test('says elsewhere that a login is needed, and makes none', async ({ ada, account, server }) => {
    server.platform.clock.advance(quarterMs)
    const { code, stderr } = await ada.run(makeKey.split(' '))
    expect([code, stderr]).toEqual([3, expect.stringContaining('`envoi login` proves it')])
    expect((await account.api.apiKeys.list()).data).toEqual([])
    expect((await ada.login(account)).code).toBe(0)
    expect((await ada.run(makeKey.split(' '))).code).toBe(0)
  })
})
