import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'
import { processesOf } from './processes-of.ts'

/** `npm run demo` from start to end is a check of its own (.ci/run): here is how it begins, and how it may be ended. */
const program = fileURLToPath(new URL('../../../scripts/dist/demo.js', import.meta.url))

let temporary: string

beforeEach(async () => {
  temporary = await temporaryFolder('demo')
})
afterEach(() => rm(temporary, { recursive: true, force: true }))

function demo(settings: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, TMPDIR: temporary, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return { output: () => output, exited, interrupt: () => child.kill('SIGINT') }
}

test('Ctrl-C ends the demo and leaves nothing behind, whatever the other settings are', async () => {
  const running = demo({ HOST: '192.0.2.1', API_URL: 'nonsense', ENVOI_MASTER_KEY: 'short', PORT: '1' })
  await until('it is under way', () => running.output().includes('✓ Envoi starts'), 90_000)
  running.interrupt()
  expect(await running.exited).toBe(130)
  // binaries that another user may not run in their package are copied here, for all to use
  const left = (await readdir(temporary)).filter((name) => !name.startsWith('envoi-postgres'))
  expect(left).toEqual([])
  expect(processesOf(temporary)).toEqual([])
}, 120_000)

test.each([
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is not valid: expected one of'],
  [
    { DATABASE_URL: 'postgres://127.0.0.1:1/none' },
    'The demo cannot make a database of its own at DATABASE_URL',
  ],
])(
  'a demo that cannot start says why in one line: %o',
  async (settings, message) => {
    const refused = demo(settings)
    expect(await refused.exited).toBe(1)
    const lines = refused.output().trim().split('\n')
    expect(lines).toEqual(['· Envoi starts', expect.stringContaining(message)])
    expect(await readdir(temporary)).toEqual([])
  },
  60_000,
)
