/**
 * The API's process. Settings come from the environment; SIGTERM and SIGINT finish the requests under way, within `STOP_MS`. A
 * supervisor is told `ready`.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { CannotStartError, openPlatform, SettingsError } from '@envoi/core'
import { endInTime } from '@envoi/core/stopping'
import { buildServer } from './server.ts'

/** On SIGTERM, whoever shares out requests among processes has so long to see that this one is not ready any more. */
const NOTICE_MS = 3_000

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

try {
  const platform = await openPlatform(process.env, 'api')
  const { settings } = platform
  const app = await buildServer(platform)
  let closing = false
  const close = async (reason: string) => {
    if (closing) return
    closing = true
    platform.log.info({ reason }, 'the API stops')
    endInTime(platform.log)
    app.leaving.begin()
    // under a supervisor, and at a terminal, there is only one
    if (reason === 'SIGTERM' && process.send === undefined) await pause(NOTICE_MS)
    await app.close()
    await platform.close()
    process.exit(0)
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
  // started by a supervisor that has gone
  process.on('disconnect', () => close('disconnect'))
  const listening = await app.listen({ host: settings.host, port: settings.port })
  platform.log.info({ listening }, 'the API is listening')
  process.send?.('ready')
} catch (error) {
  if (error instanceof SettingsError || error instanceof CannotStartError) fail(error.message)
  if ((error as { code?: string }).code === 'EADDRINUSE')
    fail(`PORT ${process.env.PORT ?? '8080'} is taken: give another one`)
  fail(`The API cannot start: ${error instanceof Error ? error.message : String(error)}`)
}
