/** What `envoi` runs. */
import { createConsole } from './console/console.ts'
import { Interrupted } from './failures.ts'
import { run } from './run.ts'

const interrupt = new AbortController()
const onInterrupt = () => {
  // asked twice: at once
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort(new Interrupted())
}
process.on('SIGINT', onInterrupt)

// whoever reads the output has had enough, as `head` does
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  consoleFor: (json) => createConsole(process, json),
  signal: interrupt.signal,
  interrupt: onInterrupt,
  now: Date.now,
})
