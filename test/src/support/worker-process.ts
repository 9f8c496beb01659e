import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Platform } from '@envoi/core'

const mainOf = (name: string) =>
  join(dirname(createRequire(import.meta.url).resolve(`@envoi/${name}`)), 'main.js')

export interface PlatformProcess {
  child: ChildProcess
  /** All it has written so far, both streams. */
  output(): string
  /** Its exit code; null when a signal ended it. */
  exited: Promise<number | null>
}

type Environment = Record<string, string | undefined>

/** `node workers/dist/main.js` with an environment and nothing else. */
export const spawnWorker = (env: Environment) => spawnMain('workers', env)

/** `node api/dist/main.js`, likewise. */
export const spawnApi = (env: Environment) => spawnMain('api', env)

function spawnMain(name: 'api' | 'workers', env: Environment): PlatformProcess {
  const child = spawn(process.execPath, [mainOf(name)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, output: () => output, exited }
}

/** The environment which makes a process work on the same data as a platform in the test. */
export function environmentOf({ settings }: Platform): Environment {
  return {
    DATABASE_URL: settings.databaseUrl,
    REDIS_URL: settings.redisUrl,
    SMTP_URL: settings.smtpUrl,
    API_URL: settings.apiUrl,
    PUBLIC_URL: settings.publicUrl,
    ENVOI_DATA_DIR: settings.dataDir,
    ENVOI_MASTER_KEY: settings.masterKey?.toString('base64'),
    LOG_LEVEL: 'info',
  }
}
