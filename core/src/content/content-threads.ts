/**
 * What accounts write runs here, and nowhere else: Liquid and MJML are programs, of strangers, and the event loop is everybody's. A few
 * threads, each with a limit of memory and, for each piece of work, of time; one that exceeds them is ended, and its work refused.
 *
 * They are shared out by account (`fairQueue`): one thing at a time for each, next is who has used least lately. An account may have so
 * much waiting, and while others wait may use so much; beyond that it is refused, and told that it is its own load. What nobody waits
 * for any more is dropped.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { DomainError } from '../errors.ts'
import type { TokenKeys } from '../tracking/token.ts'
import { ContentError, type ContentPart, RenderTimeoutError } from './content-error.ts'
import type { ContentJob, ContentReply, Progress } from './content-job.ts'
import { type FairQueue, fairQueue } from './fair-queue.ts'
import { LIMITS } from './limits.ts'

/** For whom something is done. */
export interface Asker {
  accountId: string
  /** Until when it matters. */
  signal?: AbortSignal
  /** Of jobs, which come one after the other: they wait, however much their account has used. */
  isPatient?: boolean
}

export type Done = Exclude<ContentReply, { crash: string }>

export interface ContentThreads {
  /**
   * Compiles a content, and renders it for recipients.
   *
   * @throws ContentError when it breaks or exceeds a limit of the thread; DomainError `rate_limited` when it is too much of one account
   */
  run(asker: Asker, job: ContentJob): Promise<Done>
  /** Ends the threads. A later `run` starts others. */
  close(): Promise<void>
}

interface Task {
  asker: Asker
  job: ContentJob
  done(reply: Done): void
  failed(error: unknown): void
}

interface Thread {
  worker: Worker
  isReady: boolean
  task: Task | null
  /** When it began on its task, and the timer that ends it. */
  since: number
  timer: NodeJS.Timeout | undefined
}

/** From TypeScript sources (unit tests) the built file is taken: a thread reads JavaScript. */
const threadFile = new URL('content-thread.js', import.meta.url.replace('/core/src/', '/core/dist/'))

export function createContentThreads({
  tokens,
  threads: most = Math.min(4, Math.max(2, availableParallelism() - 1)),
  timeLimitMs = LIMITS.jobMs,
  turnMs = LIMITS.turnMs,
}: {
  tokens: TokenKeys
  threads?: number
  /** For one job, once its thread runs. */
  timeLimitMs?: number
  /** After that long, work gives way to that of others. */
  turnMs?: number
}): ContentThreads {
  const queue: FairQueue<Task> = fairQueue()
  const threads = new Set<Thread>()
  const busyWith = new Set<string>()
  let patience: NodeJS.Timeout | undefined

  const start = (): Thread => {
    const worker = new Worker(threadFile, {
      workerData: { tokens },
      resourceLimits: { maxOldGenerationSizeMb: LIMITS.threadMemoryMb, stackSizeMb: 4 },
      env: {},
      execArgv: [],
    })
    const thread: Thread = { worker, isReady: false, task: null, since: 0, timer: undefined }
    // An idle thread must not keep a process alive.
    worker.unref()
    worker.on('message', (message: ContentReply | Progress) => heard(thread, message))
    worker.on('error', (error) => broke(thread, error))
    worker.on('exit', () => broke(thread, null))
    threads.add(thread)
    return thread
  }

  const begin = (thread: Thread, task: Task) => {
    thread.task = task
    busyWith.add(task.asker.accountId)
    thread.worker.ref()
    thread.worker.postMessage(task.job)
    clock(thread, thread.isReady ? timeLimitMs : LIMITS.threadStartMs)
  }

  /** Its time begins, or begins anew. */
  const clock = (thread: Thread, milliseconds: number) => {
    thread.since = performance.now()
    clearTimeout(thread.timer)
    thread.timer = setTimeout(() => {
      abandon(thread, tooLong(partOf(thread.task?.job)))
    }, milliseconds)
  }

  /** The thread has nothing to do any more; answers what it had. */
  const release = (thread: Thread): Task | null => {
    const { task } = thread
    clearTimeout(thread.timer)
    thread.worker.unref()
    thread.task = null
    if (task === null) return null
    busyWith.delete(task.asker.accountId)
    if (thread.isReady) queue.charge(task.asker.accountId, performance.now() - thread.since)
    return task
  }

  const abandon = (thread: Thread, error: unknown) => {
    threads.delete(thread)
    const task = release(thread)
    void thread.worker.terminate()
    task?.failed(error)
    dispatch()
  }

  const broke = (thread: Thread, error: Error | null) => {
    // ended by us, or already noticed
    if (!threads.has(thread)) return
    const why = error === null ? '' : `: ${error.message}`
    abandon(thread, new ContentError(partOf(thread.task?.job), `this content cannot be processed${why}`))
  }

  const heard = (thread: Thread, message: ContentReply | Progress) => {
    if (message === 'ready') thread.isReady = true
    if (message === 'ready' || message === 'mjml-loaded') {
      if (thread.task !== null) clock(thread, timeLimitMs)
      return
    }
    const task = release(thread)
    if ('crash' in message) task?.failed(new Error(`a content thread failed: ${message.crash}`))
    else task?.done(message)
    dispatch()
  }

  const dispatch = () => {
    while (queue.size > 0) {
      const idle = [...threads].find(({ task }) => task === null)
      if (idle === undefined && threads.size >= most) return watch()
      const account = queue.next((one) => !busyWith.has(one))
      const task = account === undefined ? undefined : queue.take(account)
      if (task === undefined) return
      begin(idle ?? start(), task)
    }
  }

  /** All threads have work, and something waits: what has had its turn gives way to whoever has used less. */
  const watch = () => {
    clearTimeout(patience)
    const ripeAt = Math.min(...[...threads].map(({ since }) => since + turnMs))
    patience = setTimeout(
      () => {
        for (const thread of threads) giveWay(thread)
        if (queue.size > 0) watch()
      },
      Math.max(50, ripeAt - performance.now()),
    )
    patience.unref()
  }

  const giveWay = (thread: Thread) => {
    const { task, since, isReady } = thread
    const lasts = performance.now() - since
    if (task === null || !isReady || lasts < turnMs) return
    const { accountId } = task.asker
    const spent = queue.used(accountId) + lasts
    const claimant = queue.next((one) => !busyWith.has(one) && queue.used(one) + turnMs < spent)
    if (claimant === undefined) return
    const seconds = turnMs / 1_000
    abandon(
      thread,
      task.asker.isPatient === true
        ? tooLong(partOf(task.job))
        : ownLoad(`while content of others waits, one piece of work has ${seconds} seconds`, spent),
    )
  }

  /** @throws DomainError `rate_limited` */
  const admit = ({ accountId, isPatient }: Asker) => {
    if (isPatient === true) return
    const used = queue.used(accountId)
    if (queue.waiting(accountId) >= LIMITS.waitingOfAccount)
      throw ownLoad(`${LIMITS.waitingOfAccount} pieces of work are waiting already`, used)
    if (used > LIMITS.budgetMs && queue.othersWait(accountId))
      throw ownLoad('it has taken more than its share of time lately, and others wait', used)
    if (queue.size < LIMITS.waitingOfAll) return
    const dropped = queue.dropLatest()
    dropped?.failed(ownLoad('too much is waiting, and most of it is of this account', used))
  }

  return {
    run(asker, job) {
      return new Promise<Done>((resolve, reject) => {
        const { accountId, signal } = asker
        if (signal?.aborted) throw abandoned()
        admit(asker)
        const forget = () => {
          if (queue.remove(accountId, task)) reject(abandoned())
        }
        const settled = <T>(settle: (value: T) => void) => {
          return (value: T) => {
            signal?.removeEventListener('abort', forget)
            settle(value)
          }
        }
        const task: Task = { asker, job, done: settled(resolve), failed: settled(reject) }
        signal?.addEventListener('abort', forget, { once: true })
        queue.add(accountId, task)
        dispatch()
      })
    },
    async close() {
      clearTimeout(patience)
      const ending = [...threads].map(async (thread) => {
        threads.delete(thread)
        release(thread)?.failed(new DomainError('unavailable', { retryAfter: 1 }))
        await thread.worker.terminate()
      })
      for (;;) {
        const task = queue.dropLatest()
        if (task === undefined) break
        task.failed(new DomainError('unavailable', { retryAfter: 1 }))
      }
      await Promise.all(ending)
    },
  }
}

const partOf = (job: ContentJob | undefined): ContentPart =>
  job?.source.mjml ? 'mjml' : job?.source.html ? 'html' : 'text'

/** Perhaps only because the machine was busy. */
const tooLong = (part: ContentPart) => new RenderTimeoutError(part, 'this content takes too long to process')

/** Says whose load it is: nobody else is refused for it. */
function ownLoad(why: string, usedMs: number): DomainError {
  return new DomainError('rate_limited', {
    detail: `The content of this account is too much work: ${why}.`,
    retryAfter: Math.min(60, Math.max(2, Math.ceil(usedMs / 1_000))),
  })
}

/** For nobody to read. */
const abandoned = () => new DomainError('unavailable', { retryAfter: 1, detail: 'The request was given up.' })
