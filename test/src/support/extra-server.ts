import { buildServer, type Limits, type Pressure, type Timeouts } from '@envoi/api'
import { createPlatform, type RunningPlatform, type Settings } from '@envoi/core'
import { keptLog, type TestLog } from './log.ts'
import { noPressure } from './no-pressure.ts'
import type { TestPlatform } from './platform.ts'

export interface ExtraServer {
  url: string
  platform: RunningPlatform
  log: TestLog
  close(): Promise<void>
}

/**
 * Another server process's worth of API on the data of a test's server: after a restart, behind a network that breaks, with
 * other limits. It takes the first one's credentials.
 */
export async function startExtraServer(
  { settings, clock }: TestPlatform,
  options: {
    databaseUrl?: string
    limits?: Partial<Limits>
    /** Connections to the database. */
    poolSize?: number
    pressure?: Pressure
    timeouts?: Timeouts
    settings?: Partial<Settings>
    port?: number
  } = {},
): Promise<ExtraServer> {
  const log = keptLog()
  const platform = createPlatform(
    { ...settings, databaseUrl: options.databaseUrl ?? settings.databaseUrl, ...options.settings },
    { log: log.log, kind: 'api', clock, poolSize: options.poolSize },
  )
  const app = await buildServer(platform, {
    limits: options.limits ?? { perCredentials: 100_000, perAddress: 100_000, openings: 100_000 },
    pressure: options.pressure ?? noPressure,
    timeouts: options.timeouts,
  })
  const url = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' })
  return {
    url,
    platform,
    log,
    async close() {
      await app.close()
      await platform.close()
    },
  }
}
