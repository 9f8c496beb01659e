/**
 * A child process that is kept running. The protocol with it is the one of most process managers: it sends the message
 * `ready` over the channel that Node opens between parent and child, ends on SIGTERM, and ends by itself when the
 * channel closes, so that a supervisor that was killed leaves no orphan behind. Before it is ready it may exit with an
 * explanation as the last line of its standard error.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@envoi/core'
import { STOP_MS } from '@envoi/core/stopping'
import { StartError } from './start-error.ts'

export interface ManagedProcess {
  readonly pid: number | undefined
  /** Resolves when it is ready; again after a restart. */
  ready(): Promise<void>
  /** `kill -9`; resolves when it has gone. It is started again. */
  kill(): Promise<void>
  /** SIGTERM; SIGKILL to one that does not end in time. */
  stop(): Promise<void>
}

export interface ProcessOptions {
  name: string
  /** Path of a JavaScript file, then its arguments. */
  command: [string, ...string[]]
  env?: NodeJS.ProcessEnv
  log: Logger
  onOutput: (line: string, from: string) => void
  /** Only what it says on standard error is of interest. */
  quiet?: boolean
  /** How long it may take to end after SIGTERM. */
  graceMs?: number
}

const firstPause = 100
const longestPause = 10_000
/** One that lived that long was well: its next end starts the pauses anew. */
const wellAfter = 30_000

/** Starts a process and waits until it is ready. */
export async function manageProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const { name, log, graceMs = STOP_MS + 2_000 } = options
  let stopping = false
  let pause = firstPause
  let child = launch(options)
  let ready = untilReady(child, name)
  const restarts = new AbortController()

  function keepRunning(): void {
    const since = Date.now()
    child.once('exit', async (code, signal) => {
      if (stopping) return
      pause = Date.now() - since > wellAfter ? firstPause : Math.min(pause * 2, longestPause)
      log.warn(
        { process: name, code, signal, restartInMs: pause },
        'a process has ended and is started again',
      )
      ready = sleep(pause, undefined, { signal: restarts.signal }).then(() => {
        child = launch(options)
        keepRunning()
        return untilReady(child, name)
      })
      // whoever waits for it is told; nobody has to
      ready.catch(() => undefined)
    })
  }

  await ready
  keepRunning()
  return {
    get pid() {
      return child.pid
    },
    async ready() {
      for (let up = false; !up && !stopping; ) {
        const attempt = ready
        up = await attempt.then(
          () => attempt === ready,
          () => sleep(20, false),
        )
      }
    },
    async kill() {
      await end(child, 'SIGKILL')
    },
    async stop() {
      stopping = true
      restarts.abort()
      const stuck = setTimeout(() => {
        log.warn({ process: name, graceMs }, 'a process does not end and is killed')
        child.kill('SIGKILL')
      }, graceMs)
      await end(child, 'SIGTERM')
      clearTimeout(stuck)
    },
  }
}

function launch({ name, command, env, onOutput, quiet = false }: ProcessOptions): ChildProcess {
  const child = spawn(process.execPath, command, {
    env: env ?? process.env,
    stdio: ['ignore', quiet ? 'ignore' : 'pipe', 'pipe', 'ipc'],
    // its own group: Ctrl-C in a terminal reaches the supervisor alone, which ends the others in order
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => onOutput(line, name))
  }
  return child
}

async function untilReady(child: ChildProcess, name: string): Promise<void> {
  let lastWords = ''
  child.stderr?.on('data', (chunk) => {
    lastWords = `${lastWords}${chunk}`.slice(-4_000)
  })
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('error', reject)
    // `close`, not `exit`: what it said last has arrived by then
    child.once('close', (code, signal) => {
      const said = lastWords.trim().split('\n').at(-1)
      reject(
        new StartError(said || `The ${name} process ended before it was ready (${signal ?? `code ${code}`})`),
      )
    })
  })
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
