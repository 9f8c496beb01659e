/** `npm start`: runs the whole platform until Ctrl-C. */
import { SettingsError } from '@envoi/core'
import { type RunningPlatform, StartError, startPlatform } from '@envoi/supervisor'

function exitWith(error: unknown): never {
  const known = error instanceof StartError || error instanceof SettingsError
  console.error(known ? error.message : error)
  process.exit(1)
}

const starting = startPlatform({
  // requests are not logged one by one to somebody's terminal, unless asked for
  settings: { ...process.env, LOG_LEVEL: process.env.LOG_LEVEL || 'warn' },
  inboxPorts: { smtp: 1025, web: 1080 },
})

let stopping = false
async function stop(): Promise<void> {
  // asked twice: at once. The processes end by themselves when this one is gone
  if (stopping) process.exit(130)
  stopping = true
  try {
    const platform = await starting
    console.log('\nEnvoi stops.')
    await platform.stop()
    process.exit(0)
  } catch (error) {
    exitWith(error)
  }
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)

function announce(platform: RunningPlatform): void {
  console.log(`Envoi is ready at ${platform.url}`)
  console.log(`  the API's reference   ${platform.docsUrl}`)
  if (platform.inboxUrl) console.log(`  mail it sends         ${platform.inboxUrl} (caught, not delivered)`)
  console.log(`  its data              ${platform.dataDir}`)
  if (platform.operatorTokenIsNew) {
    console.log(`  operator token        ${platform.operatorToken}`)
    console.log('                        shown this once; kept in the file operator-token of the data folder')
  }
  console.log('Ctrl-C stops it.')
}

try {
  const platform = await starting
  if (!stopping) announce(platform)
} catch (error) {
  if (!stopping) exitWith(error)
}
