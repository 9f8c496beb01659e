/** The built command line, run as people run it: a process, with a configuration folder of its own. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startWorkers } from '@envoi/workers'
import { test as base, type TestAccount } from '../support/fixture.ts'
import { until } from '../support/until.ts'

const bin = join(dirname(createRequire(import.meta.url).resolve('@envoi/sdk')), '../bin/envoi.js')

/**
 * What Node is given. A process that makes one request and ends would wait for the optimising compiler of WebAssembly, which
 * is still at the parser of HTTP: a third of a second, every time.
 */
export const cliArguments = ['--liftoff-only', bin]

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

export interface Running {
  ended: Promise<Outcome>
  /** Waits until this is on stderr. */
  says(text: string): Promise<void>
  /** Ctrl-C. */
  interrupt(): void
}

interface CliOptions {
  /** What is on stdin; nothing unless said. */
  input?: string
  env?: Record<string, string>
}

export interface Cli {
  /** The configuration, and files of the test. */
  folder: string
  credentials: string
  start(args: string[], options?: CliOptions): Running
  run(args: string[], options?: CliOptions): Promise<Outcome>
  /** With `--json`: what it answers, and the exit code. */
  json(args: string[], options?: CliOptions): Promise<{ code: number | null; data: Answer }>
  login(account: TestAccount, options?: CliOptions): Promise<Outcome>
}

export type Answer = Record<string, unknown>

export function cliIn(folder: string, url: string): Cli {
  const start: Cli['start'] = (args, { input = '', env = {} } = {}) => {
    const child = spawn(process.execPath, [...cliArguments, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, XDG_CONFIG_HOME: folder, ENVOI_URL: url, ...env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    return {
      ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr }))),
      says: async (text) => {
        await until(`it says ${text}, was: ${stderr}`, () => stderr.includes(text), 30_000)
      },
      interrupt: () => child.kill('SIGINT'),
    }
  }
  const run: Cli['run'] = (args, options) => start(args, options).ended
  return {
    folder,
    credentials: join(folder, 'envoi', 'credentials.json'),
    start,
    run,
    async json(args, options) {
      const { code, stdout, stderr } = await run([...args, '--json'], options)
      try {
        return { code, data: JSON.parse(stdout) }
      } catch {
        throw new Error(`no JSON: ${stdout}\n${stderr}`)
      }
    },
    login: ({ ownerEmail, password }, options) =>
      run(['login', '--email', ownerEmail, '--password-stdin'], { input: `${password}\n`, ...options }),
  }
}

interface CliFixtures {
  /** With nobody logged in. */
  cli: Cli
  /** With the owner of `account` logged in. */
  ada: Cli
  /** Workers at work. */
  workers: undefined
}

export const test = base.extend<CliFixtures>({
  cli: async ({ server }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'envoi-cli-'))
    await use(cliIn(folder, server.url))
    await rm(folder, { recursive: true, force: true })
  },
  ada: async ({ cli, account }, use) => {
    const { code, stderr } = await cli.login(account)
    if (code !== 0) throw new Error(stderr)
    await use(cli)
  },
  workers: async ({ server }, use) => {
    const workers = await startWorkers(server.platform, { pollMs: 50 })
    await use(undefined)
    await workers.close()
  },
})

export { describe, expect } from 'vitest'
