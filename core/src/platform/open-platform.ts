import type { ProcessKind } from '../connections/process-connections.ts'
import { createLog } from '../log.ts'
import { createPlatform, type RunningPlatform } from '../platform.ts'
import { readSettings, SettingsError } from '../settings.ts'
import { checkDatabase } from './check-database.ts'

/** A process cannot start, for a reason that its operator can change: one clear line, no stack. */
export class CannotStartError extends Error {}

/** What a process of the platform begins with. A `SettingsError` or a `CannotStartError` says in one line why it cannot. */
export async function openPlatform(
  env: Record<string, string | undefined>,
  kind: ProcessKind,
): Promise<RunningPlatform> {
  const settings = readSettings(env)
  if (settings.databaseUrl === undefined) throw new SettingsError('DATABASE_URL')
  if (settings.masterKey === undefined) throw new SettingsError('ENVOI_MASTER_KEY')
  const platform = createPlatform(settings, { log: createLog(settings.logLevel), kind })
  const problem = await checkDatabase(platform)
  if (problem !== null) throw new CannotStartError(problem)
  await platform.synchronise()
  return platform
}
