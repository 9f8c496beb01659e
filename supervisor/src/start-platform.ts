/** Everything that `npm start` runs, as one thing that starts and stops: also what the demo and the crash tests use. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLog, type Logger, listeningUrl, readSettings, settingNames } from '@envoi/core'
import { freePort } from '@envoi/prisma/embedded'
import { type Database, openEmbeddedDatabase, openGivenDatabase } from './database.ts'
import { openInbox } from './inbox.ts'
import { lockDataDir } from './lock-data-dir.ts'
import { type ManagedProcess, manageProcess } from './managed-process.ts'
import { listenProblem, unreachable } from './ports.ts'
import { readSecrets } from './secrets.ts'
import { StartError } from './start-error.ts'

export interface StartOptions {
  /** Settings as in the environment, from which they come by default. PORT 0 means a free one. */
  settings?: Record<string, string | undefined>
  /** Worker processes: 1 by default. */
  workers?: number
  /** Ports that the mail catcher takes when they are free. */
  inboxPorts?: { smtp: number; web: number }
  /** Each line that a process prints; passed on to standard output by default. */
  onOutput?: (line: string, from: string) => void
}

export interface RunningPlatform {
  /** Of the API. */
  url: string
  docsUrl: string
  /** Of the mail catcher's pages; undefined when SMTP_URL names a server. */
  inboxUrl: string | undefined
  smtpUrl: string
  databaseUrl: string
  dataDir: string
  operatorToken: string
  /** Made by this start: to be shown, this time only. */
  operatorTokenIsNew: boolean
  /** `kill -9`; each resolves when the process has gone, and it is started again. */
  killApi(): Promise<void>
  killWorkers(): Promise<void>
  /** An embedded one only. */
  killDatabase(): Promise<void>
  /** Resolves when all is up, or up again. */
  ready(): Promise<void>
  stop(): Promise<void>
}

const main = (name: string) => fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url))

/** Starts the platform; a `StartError` or a `SettingsError` says in one line why it cannot. */
export async function startPlatform(options: StartOptions = {}): Promise<RunningPlatform> {
  const env = options.settings ?? process.env
  const settings = readSettings(env)
  const dataDir = resolve(settings.dataDir)
  const log = createLog(settings.logLevel).child({ process: 'supervisor' })
  const onOutput = options.onOutput ?? ((line: string) => process.stdout.write(`${line}\n`))
  const running: Running = { processes: [], unlock: await lockDataDir(dataDir) }
  try {
    const port = settings.port === 0 ? await freePort() : settings.port
    await requirePort(port, settings.host)
    const silence = settings.redisUrl && (await unreachable(settings.redisUrl, 6379))
    if (silence) throw new StartError(`The Redis at REDIS_URL does not answer: ${silence}`)
    const secrets = await readSecrets(settings, dataDir)
    const [inbox, database] = await allSettled([
      settings.smtpUrl === undefined
        ? openInbox({ dataDir, ports: options.inboxPorts, log, onOutput }).then(
            (opened) => (running.inbox = opened),
          )
        : { smtpUrl: settings.smtpUrl, url: undefined },
      openDatabase(settings.databaseUrl, dataDir, log).then((opened) => (running.database = opened)),
    ])
    const url = env.API_URL ? settings.apiUrl : listeningUrl(settings.host, port)
    const resolved = {
      PORT: String(port),
      API_URL: url,
      DATABASE_URL: database.url,
      SMTP_URL: inbox.smtpUrl,
      ENVOI_DATA_DIR: dataDir,
      ENVOI_MASTER_KEY: secrets.masterKey,
      ENVOI_OPERATOR_TOKEN: secrets.operatorToken,
    }
    const given = Object.fromEntries(Object.keys(settingNames).map((name) => [name, env[name]]))
    const manage = async (name: 'api' | 'workers') => {
      const childEnv = { ...process.env, ...given, ...resolved }
      const child = await manageProcess({ name, command: [main(name)], env: childEnv, log, onOutput })
      running.processes.push(child)
      return child
    }
    const [api, ...workers] = await allSettled([
      manage('api'),
      ...Array.from({ length: options.workers ?? 1 }, () => manage('workers')),
    ])
    return {
      url,
      docsUrl: `${url}/docs`,
      inboxUrl: inbox.url,
      smtpUrl: inbox.smtpUrl,
      databaseUrl: database.url,
      dataDir,
      operatorToken: secrets.operatorToken,
      operatorTokenIsNew: secrets.operatorTokenIsNew,
      killApi: () => api.kill(),
      killWorkers: async () => void (await Promise.all(workers.map((worker) => worker.kill()))),
      killDatabase: () => database.kill(),
      async ready() {
        await database.ready()
        await Promise.all([api, ...workers].map((child) => child.ready()))
      },
      stop: () => stopAll(running),
    }
  } catch (error) {
    await stopAll(running)
    throw error
  }
}

async function requirePort(port: number, host: string): Promise<void> {
  const problem = await listenProblem(port, host)
  if (problem === 'EADDRINUSE')
    throw new StartError(`PORT ${port} is taken on ${host}: give another one, or stop what listens there`)
  if (problem !== undefined)
    throw new StartError(`Nothing can listen on HOST ${host} at PORT ${port}: ${problem}`)
}

function openDatabase(url: string | undefined, dataDir: string, log: Logger): Promise<Database> {
  return url === undefined ? openEmbeddedDatabase(dataDir, log) : openGivenDatabase(url)
}

/** What has been started so far, and has to be stopped. */
interface Running {
  processes: ManagedProcess[]
  inbox?: { stop(): Promise<void> }
  database?: Database
  unlock: () => Promise<void>
}

/** In order: those who work, where their mail goes, where their data is. Takes what it stops, so that it may be called twice. */
async function stopAll(running: Running): Promise<void> {
  const { processes, inbox, database, unlock } = running
  running.inbox = undefined
  running.database = undefined
  await Promise.all(processes.splice(0).map((child) => child.stop()))
  await inbox?.stop()
  await database?.stop()
  await unlock()
}

/** `Promise.all`, which fails only once all have ended: none may start behind the back of the one who stops them. */
async function allSettled<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}
