/** The closing of an account by command line: by its owner, and what is left to the operator. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DAY, pass } from '../closure/support.ts'
import { operatorToken } from '../support/fixture.ts'
import { environmentOf } from '../support/worker-process.ts'
import { expect, test } from './cli.ts'

const operator = { env: { ENVOI_OPERATOR_TOKEN: operatorToken } }
const program = join(dirname(createRequire(import.meta.url).resolve('@envoi/workers')), 'open-archive.js')

test('an owner closes, calls back and closes; the operator reads the receipts and opens the archive', async ({
  ada,
  account,
  server,
}) => {
  const close = ['account', 'close', '--confirm', 'Atelier Ada', '--password-stdin']
  expect((await ada.run(['account', 'closure'])).code).toBe(4)
  const wrong = await ada.run(close, { input: 'guessed it' })
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('/password')])

  const closed = await ada.run(close, { input: account.ownerPassword })
  expect([closed.code, closed.stderr]).toEqual([0, ''])
  expect(closed.stdout).toMatch(/^status +cooling$/m)
  expect((await ada.run(['account', 'closure'])).stdout).toMatch(/^Receipt: requested$/m)
  expect((await ada.json(['account', 'cancel-closure'])).data).toMatchObject({ status: 'cancelled' })

  await ada.run(close, { input: account.ownerPassword })
  await pass(server, 8 * DAY)
  const shown = await ada.run(['accounts', 'closure', account.id], operator)
  expect(shown.stdout).toMatch(/^status +archived$/m)
  expect(shown.stdout).toMatch(/^SHA-256 +[0-9a-f]{64}$/m)
  expect((await ada.run(['whoami'])).code).toBe(3)

  const target = join(ada.folder, 'account.tar')
  const open = async (...args: string[]) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH, ...environmentOf(server.platform) },
    })
    const [out, errors] = [text(child.stdout), text(child.stderr)]
    const [code] = await once(child, 'exit')
    return { code, stdout: await out, stderr: await errors }
  }
  const opened = await open(account.id, target)
  expect([opened.code, opened.stderr]).toEqual([0, ''])
  expect(opened.stdout).toMatch(/audit log +verifies: \d+ events/)
  expect((await stat(target)).mode & 0o777).toBe(0o600)
  // it writes over nothing, and says in one line what is wrong
  expect(await open(account.id, target)).toMatchObject({ code: 1, stderr: expect.stringContaining('EEXIST') })
  expect(await open('../etc', target)).toMatchObject({ code: 1, stderr: expect.stringContaining('the id') })
  const other = await open('0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d', join(ada.folder, 'none.tar'))
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('has no archive') })
})
