import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { settingNames } from '@envoi/core'
import { until } from '../support/until.ts'

export interface StartCommand {
  pid: number
  /** Everything it has printed so far. */
  output(): string
  /** Its exit code, once it has ended. */
  exited: Promise<number | null>
  signal(signal: NodeJS.Signals): void
  /** The address it says it is ready at. */
  ready(): Promise<string>
}

/** What `npm start` runs, as a process of its own, with no setting but those given. */
export function startCommand(settings: Record<string, string>): StartCommand {
  const env = { ...process.env }
  for (const name of Object.keys(settingNames)) delete env[name]
  const program = fileURLToPath(new URL('../../../scripts/dist/start.js', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: { ...env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  child.stderr?.on('data', (chunk) => (output += chunk))
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return {
    pid: child.pid ?? 0,
    output: () => output,
    exited,
    signal: (signal) => void child.kill(signal),
    ready: () =>
      until('the platform is ready', () => /Envoi is ready at (\S+)/.exec(output)?.[1], 60_000).catch(
        (error) => {
          throw new Error(`${error.message}; it printed:\n${output}`)
        },
      ),
  }
}
