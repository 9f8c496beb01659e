/** The worker process: `node workers/dist/main.js`. Any number of them may run; each takes what is free. */
import { CannotStartError, openPlatform, SettingsError } from '@envoi/core'
import { endInTime } from '@envoi/core/stopping'
import { startWorkers } from './start-workers.ts'

function refuse(error: Error): never {
  const known = error instanceof SettingsError || error instanceof CannotStartError
  process.stderr.write(`${known ? error.message : `The workers cannot start: ${error.message}`}\n`)
  process.exit(1)
}

const platform = await openPlatform(process.env, 'worker').catch(refuse)
const { log } = platform
const workers = await startWorkers(platform).catch(refuse)
log.info('workers started')
process.send?.('ready')

let stopping = false
const stop = async (reason: string) => {
  // Ctrl-C in a terminal reaches this process twice: from the terminal and from the process that started it
  if (stopping) return
  stopping = true
  log.info({ reason }, 'workers stop')
  endInTime(log)
  await workers.close()
  await platform.close()
  // a job that outstayed its welcome would keep the process alive: its lease ends, another worker goes on with it
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// started by a supervisor that has gone
process.on('disconnect', () => stop('disconnect'))
