/**
 * For the operator, after a database was restored or files were lost: `node workers/dist/accept-logs.js --as-they-are`, with the
 * settings of a worker. From then on the sealed logs are compared with what they are now.
 */
import { CannotStartError, openPlatform, SettingsError } from '@envoi/core'
import { acceptLogs } from '@envoi/core/seals/accept-logs'

function refuse(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

if (process.argv[2] !== '--as-they-are')
  refuse(
    'This takes the audit logs and consent ledgers as they are now: what was cut off before is not missed any more. Look first; then add --as-they-are',
  )

const platform = await openPlatform(process.env, 'worker').catch((error: Error) =>
  refuse(
    error instanceof SettingsError || error instanceof CannotStartError
      ? error.message
      : `The logs cannot be accepted: ${error.message}`,
  ),
)
try {
  const heads = await acceptLogs(platform)
  process.stdout.write(`Accepted as they are: ${heads} logs. The platform's audit log says so.\n`)
} catch (error) {
  process.exitCode = 1
  process.stderr.write(`The logs cannot be accepted: ${(error as Error).message}\n`)
} finally {
  await platform.close()
}
