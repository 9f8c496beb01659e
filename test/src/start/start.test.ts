import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { termsVersion } from '@envoi/core/accounts/open-account'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'
import { processesOf } from './processes-of.ts'
import { type StartCommand, startCommand } from './start-command.ts'

let dataDir: string
let started: StartCommand[]

beforeEach(async () => {
  dataDir = await temporaryFolder('start')
  started = []
})

afterEach(async () => {
  for (const command of started) command.signal('SIGTERM')
  await Promise.all(started.map((command) => command.exited))
  await rm(dataDir, { recursive: true, force: true })
})

function start(settings: Record<string, string> = {}): StartCommand {
  const command = startCommand({ ENVOI_DATA_DIR: dataDir, PORT: '0', ...settings })
  started.push(command)
  return command
}

const owner = { email: 'ada@lovelace.example', password: 'calm-otter-47-lantern' }

async function openAccount(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Maison Lovelace',
      locale: 'fr-FR',
      timezone: 'Europe/Paris',
      termsVersion,
      owner: { ...owner, firstName: 'Ada', lastName: 'Lovelace' },
    }),
  })
  return response.status
}

/** Whether the account is still there. */
async function login(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(owner),
  })
  return response.status
}

test('it says where it is, keeps its data from one start to the next, and leaves no process behind', async () => {
  const first = start()
  const url = await first.ready()
  expect(await openAccount(url)).toBe(201)
  expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  expect((await fetch(`${url}/docs`)).status).toBe(200)
  const inbox = /(http:\S+) \(caught/.exec(first.output())?.[1]
  expect((await fetch(`${inbox}/api/email`)).status).toBe(200)
  const token = await readFile(join(dataDir, 'operator-token'), 'utf8')
  expect(first.output()).toContain(token.trim())
  for (const secret of ['master-key', 'operator-token']) {
    expect((await stat(join(dataDir, secret))).mode & 0o777, secret).toBe(0o600)
  }
  first.signal('SIGINT')
  expect(await first.exited).toBe(0)
  expect(processesOf(dataDir)).toEqual([])

  const second = start()
  expect(await login(await second.ready())).toBe(201)
  expect(second.output()).not.toContain(token.trim())
  second.signal('SIGTERM')
  expect(await second.exited).toBe(0)
}, 120_000)

test('with DATABASE_URL and SMTP_URL it starts neither a database nor a mail catcher', async () => {
  const database = await createTestDatabase()
  try {
    const command = start({ DATABASE_URL: database.url, SMTP_URL: 'smtp://127.0.0.1:9' })
    expect(await openAccount(await command.ready())).toBe(201)
    expect(command.output()).not.toContain('caught')
    command.signal('SIGTERM')
    expect(await command.exited).toBe(0)
    await expect(stat(join(dataDir, 'postgres'))).rejects.toThrow()
    await expect(stat(join(dataDir, 'inbox'))).rejects.toThrow()
  } finally {
    await database.drop()
  }
}, 60_000)

test('a killed supervisor takes its processes with it, and the next start goes on from there', async () => {
  const first = start()
  expect(await openAccount(await first.ready())).toBe(201)
  first.signal('SIGKILL')
  await first.exited
  await until('nothing of it runs', () => processesOf(dataDir).length === 0, 60_000)

  const second = start()
  expect(await login(await second.ready())).toBe(201)
  second.signal('SIGTERM')
  expect(await second.exited).toBe(0)
  expect(processesOf(dataDir)).toEqual([])
}, 120_000)

test('a second start on the same data is refused in one line, and disturbs nothing', async () => {
  const first = start()
  const url = await first.ready()
  const second = start()
  expect(await second.exited).toBe(1)
  expect(second.output()).toMatch(/^Envoi already runs on \S+ \(process \d+\).*\n$/)
  expect((await fetch(`${url}/health/ready`)).status).toBe(200)
}, 120_000)

test('a process id left by a process that is gone does not prevent a start', async () => {
  await writeFile(
    join(dataDir, 'envoi.pid'),
    JSON.stringify({ pid: process.pid, commandLine: 'something else', token: '' }),
  )
  const command = start({ DATABASE_URL: 'postgres://127.0.0.1:1/none' })
  expect(await command.exited).toBe(1)
  expect(command.output()).not.toContain('already runs')
})

test('a taken port is refused in one line', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = address && typeof address === 'object' ? String(address.port) : ''
  const command = start({ PORT: port })
  expect(await command.exited).toBe(1)
  expect(command.output()).toMatch(new RegExp(`^PORT ${port} is taken.*\n$`))
  server.close()
})

test.each([
  ['HOST', 'no such host', 'HOST is not valid: expected an address or a host name'],
  ['HOST', '192.0.2.1', /Nothing can listen on HOST 192\.0\.2\.1 at PORT \d+: EADDRNOTAVAIL/],
  [
    'API_URL',
    'http://localhost:8080/envoi',
    'API_URL is not valid: expected an http(s) address without a path',
  ],
  ['PORT', '99999', 'PORT is not valid: expected a port from 0 to 65535'],
  ['DATABASE_URL', 'mysql://localhost/x', 'DATABASE_URL is not valid: expected a Postgres address'],
  ['REDIS_URL', 'localhost:6379', 'REDIS_URL is not valid: expected a Redis address'],
  ['ENVOI_MASTER_KEY', 'secret', 'ENVOI_MASTER_KEY is not valid: expected 32 random bytes in base64'],
  ['ENVOI_OPERATOR_TOKEN', 'short', 'ENVOI_OPERATOR_TOKEN is not valid: expected at least 32 characters'],
  ['LOG_LEVEL', 'loud', 'LOG_LEVEL is not valid: expected one of'],
  [
    'ENVOI_DATA_DIR',
    '/dev/null/envoi',
    'ENVOI_DATA_DIR is not valid: expected a folder that can be written to',
  ],
  [
    'DATABASE_URL',
    'postgres://127.0.0.1:1/none',
    'The database at DATABASE_URL cannot be used: ECONNREFUSED',
  ],
  ['REDIS_URL', 'redis://127.0.0.1:1', 'The Redis at REDIS_URL does not answer: ECONNREFUSED'],
])('%s=%s is refused in one line that says what is wrong', async (name, value, message) => {
  const command = start({ [name]: value })
  expect(await command.exited).toBe(1)
  expect(command.output()).toMatch(message)
  expect(command.output().trim().split('\n')).toHaveLength(1)
})

test('an embedded database that does not start says why in one line', async () => {
  const cluster = join(dataDir, 'postgres', 'cluster')
  await mkdir(cluster, { recursive: true, mode: 0o755 })
  await writeFile(join(dataDir, 'postgres', 'password'), 'x')
  const command = start()
  expect(await command.exited).toBe(1)
  expect(command.output()).toMatch(/^Embedded Postgres did not start: .+\n$/)
})

test('it listens on an address of IPv6', async () => {
  const database = await createTestDatabase()
  try {
    const command = start({ HOST: '::1', DATABASE_URL: database.url, SMTP_URL: 'smtp://127.0.0.1:9' })
    const url = await command.ready()
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    command.signal('SIGTERM')
    await command.exited
  } finally {
    await database.drop()
  }
}, 60_000)
