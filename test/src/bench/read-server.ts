/** The API as it is, but with no limit to how often it may be asked. */
import { buildServer } from '@envoi/api'
import { createLog, createPlatform, readSettings } from '@envoi/core'

const settings = readSettings(process.env)
const platform = createPlatform(settings, { log: createLog(settings.logLevel), kind: 'api' })
const endless = Number.MAX_SAFE_INTEGER
const app = await buildServer(platform, { limits: { perCredentials: endless, perAddress: endless } })
await app.listen({ host: settings.host, port: settings.port })
process.on('SIGTERM', () => process.exit(0))
