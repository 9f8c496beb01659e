/** The command line on a terminal of its own, as people sit before it. */
import { spawn, spawnSync } from 'node:child_process'
import { until } from '../support/until.ts'
import { type Cli, cliArguments } from './cli.ts'

/** A terminal comes from util-linux, which is not among what the tests may ask of a machine. */
export const hasTerminal = spawnSync('script', ['--version']).status === 0

export interface Terminal {
  screen(): string
  /** Waits until this is asked, and types the answer. */
  answer(question: string, text: string): Promise<void>
  ended: Promise<number | null>
}

export function onTerminal({ folder }: Cli, url: string, args: string): Terminal {
  const child = spawn(
    'script',
    ['-qefc', `${[process.execPath, ...cliArguments].join(' ')} ${args}`, '/dev/null'],
    {
      env: { PATH: process.env.PATH, XDG_CONFIG_HOME: folder, ENVOI_URL: url, TERM: 'xterm' },
    },
  )
  let screen = ''
  child.stdout.on('data', (chunk) => (screen += chunk))
  return {
    screen: () => screen,
    async answer(question, text) {
      await until(`it asks ${question}, was: ${screen}`, () => screen.includes(question), 30_000)
      child.stdin.write(text)
    },
    ended: new Promise((resolve) => child.once('close', resolve)),
  }
}
