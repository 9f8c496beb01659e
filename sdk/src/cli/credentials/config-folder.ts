import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Environment } from '../command.ts'

/**
 * Where a user's settings are: `%APPDATA%` on Windows; elsewhere as the XDG Base Directory Specification says, which wants a relative
 * `XDG_CONFIG_HOME` to be ignored.
 */
export function configFolder(env: Environment, platform = process.platform): string {
  const home = env.HOME || homedir()
  if (platform === 'win32') return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'envoi')
  const base = env.XDG_CONFIG_HOME
  return join(base !== undefined && isAbsolute(base) ? base : join(home, '.config'), 'envoi')
}
