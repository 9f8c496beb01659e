/**
 * MJML in a thread of its own. Compiling takes time that grows with the input (a second for 200 kB), uses regular expressions that
 * a hostile input can make quadratic, and loading the library alone takes 0.7 s: none of it may hold up an event loop that answers
 * requests. A thread can be given a time and a memory limit, and be ended.
 *
 * No file is read: `ignoreIncludes` is explicit although it is the default, no config file is asked for, no skeleton is given.
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { ContentError } from './content-error.ts'
import { LIMITS } from './limits.ts'

/** A rule of MJML that the source does not follow; the result exists all the same. */
export interface MjmlFinding {
  line: number
  message: string
}

export interface MjmlResult {
  html: string
  findings: MjmlFinding[]
}

export interface MjmlCompiler {
  compile(mjml: string): Promise<MjmlResult>
  /** Ends the thread. A later `compile` starts another one. */
  close(): Promise<void>
}

type Reply = MjmlResult | { error: string } | 'ready'

/** Plain CommonJS in a string: the same from TypeScript sources (tests) and from the built files. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const mjml2html = require(workerData.mjml)
parentPort.postMessage('ready')
parentPort.on('message', async (mjml) => {
  try {
    const { html, errors } = await mjml2html(mjml, {
      ignoreIncludes: true,
      useMjmlConfigOptions: false,
      validationLevel: 'soft',
      keepComments: true,
      minify: false,
      beautify: false,
      // A web font is a request to a third party each time the message is opened: the author must ask for it.
      fonts: {},
    })
    parentPort.postMessage({ html, findings: errors.map(({ line, message }) => ({ line, message })) })
  } catch (error) {
    parentPort.postMessage({ error: String(error?.message ?? error) })
  }
})
`

/**
 * One thread, started when first needed and kept; inputs wait for each other. One that is cut off, or breaks the thread, takes it
 * along: the next input gets a new one. A process has one compiler (`context.mjml`), closed with it.
 */
export function createMjmlCompiler({
  timeLimitMs = LIMITS.mjmlMs,
}: {
  /** For one input, once the thread runs. */
  timeLimitMs?: number
} = {}): MjmlCompiler {
  const mjml = createRequire(import.meta.url).resolve('mjml')
  let thread: Worker | null = null
  let isReady = false
  let queue: Promise<unknown> = Promise.resolve()

  const start = () => {
    const resourceLimits = { maxOldGenerationSizeMb: LIMITS.mjmlMemoryMb, stackSizeMb: 4 }
    const worker = new Worker(THREAD, {
      eval: true,
      workerData: { mjml },
      resourceLimits,
      env: {},
      execArgv: [],
    })
    isReady = false
    // An idle compiler must not keep a process alive.
    worker.unref()
    // Whoever waits for it learns how it ended; while nobody waits, it is only to be replaced.
    worker.on('error', () => {})
    worker.on('exit', () => {
      if (thread === worker) thread = null
    })
    return worker
  }

  const run = (source: string) =>
    new Promise<MjmlResult>((resolve, reject) => {
      thread ??= start()
      const worker = thread
      worker.ref()
      const settle = () => {
        clearTimeout(timer)
        worker.off('message', answered).off('error', failed).off('exit', ended)
        worker.unref()
      }
      const abandon = (reason: string) => {
        thread = null
        settle()
        void worker.terminate()
        reject(new ContentError('mjml', reason))
      }
      const tooLong = () => abandon('this MJML takes too long to compile')
      const answered = (reply: Reply) => {
        if (reply === 'ready') {
          isReady = true
          clearTimeout(timer)
          timer = setTimeout(tooLong, timeLimitMs)
          return
        }
        settle()
        if ('error' in reply) reject(new ContentError('mjml', reply.error))
        else resolve(reply)
      }
      const failed = (error: Error) => abandon(`this MJML cannot be compiled: ${error.message}`)
      const ended = () => abandon('this MJML cannot be compiled')
      let timer = setTimeout(tooLong, isReady ? timeLimitMs : LIMITS.mjmlStartMs)
      worker.on('message', answered).on('error', failed).on('exit', ended)
      worker.postMessage(source)
    })

  return {
    compile(source) {
      const result = queue.then(() => run(source))
      queue = result.catch(() => {})
      return result
    },
    async close() {
      await queue
      const worker = thread
      thread = null
      await worker?.terminate()
    },
  }
}
