/** The worker process: `node workers/dist/main.js`. Any number of them may run; each takes what is free. */
import { createLog, createPlatform, type RunningPlatform, readSettings, SettingsError } from '@envoi/core'
import { checkDatabase } from '@envoi/core/platform/check-database'
import { startWorkers } from './start-workers.ts'

function refuse(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function open(): RunningPlatform {
  try {
    const settings = readSettings(process.env)
    if (settings.databaseUrl === undefined) throw new SettingsError('DATABASE_URL')
    if (settings.masterKey === undefined) throw new SettingsError('ENVOI_MASTER_KEY')
    return createPlatform(settings, { log: createLog(settings.logLevel) })
  } catch (error) {
    if (error instanceof SettingsError) refuse(error.message)
    throw error
  }
}

const platform = open()
const { log } = platform
const problem = await checkDatabase(platform)
if (problem !== null) refuse(problem)
const workers = await startWorkers(platform).catch((error: Error) =>
  refuse(`The workers cannot start: ${error.message}`),
)
log.info('workers started')
process.send?.('ready')

let stopping = false
const stop = async (reason: string) => {
  // Ctrl-C in a terminal reaches this process twice: from the terminal and from the process that started it
  if (stopping) return
  stopping = true
  log.info({ reason }, 'workers stop')
  await workers.close()
  await platform.close()
  // a job that outstayed its welcome would keep the process alive: its lease ends, another worker goes on with it
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// started by a supervisor that has gone
process.on('disconnect', () => stop('disconnect'))
