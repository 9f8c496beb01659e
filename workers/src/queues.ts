/**
 * The queues: one for each feature, the part of the job's name before the dot. They hold wake-ups, `{ accountId, id }`,
 * never data. On Redis when there is one, else in the schema `bullmq` of the database.
 */
import type { Platform } from '@envoi/core'
import { databaseId, openQueuePool, queueSchema } from '@envoi/core/jobs/queue-storage'
import type { DueJob, JobKey } from '@envoi/core/jobs/run'
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq'
import { Redis } from 'ioredis'

export interface Queues {
  /** Rejects, or does not come back, while the server of the queues is away. */
  handOver(jobs: DueJob[]): Promise<void>
  /** Starts to take wake-ups out of one queue. */
  take(queue: string, concurrency: number, wake: (key: JobKey) => Promise<void>): Taker
  close(): Promise<void>
}

export interface Taker {
  /** Takes no more, and waits for what runs. */
  close(): Promise<void>
}

export const queueOf = (job: string): string => job.split('.', 1)[0] ?? job

/** What the two backends differ in. */
interface Backend {
  queue(name: string): Queue<JobKey>
  worker(name: string, concurrency: number, wake: (key: JobKey) => Promise<void>): Worker<JobKey>
  close(): Promise<void>
}

export async function openQueues(platform: Platform, names: string[]): Promise<Queues> {
  const complain = sparingly((error) => platform.log.warn({ err: error }, 'the queues have trouble'))
  const { redisUrl } = platform.settings
  const backend =
    redisUrl === undefined
      ? await onPostgres(platform, names.length)
      : await onRedis(platform, redisUrl, complain)
  const queues = new Map(names.map((name) => [name, backend.queue(name)]))
  for (const queue of queues.values()) queue.on('error', complain)
  return {
    async handOver(jobs) {
      for (const [name, queue] of queues) {
        const own = jobs.filter((job) => queueOf(job.name) === name)
        if (own.length > 0) await queue.addBulk(own.map(wakeUp))
      }
    },
    take(name, concurrency, wake) {
      const worker = backend.worker(name, concurrency, wake)
      worker.on('error', complain)
      return { close: () => worker.close() }
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      await backend.close()
    },
  }
}

/**
 * The id says which job, and which of its runs: handed over twice, it is in the queue once; but a job that is to be run anew is let in
 * while the wake-up of its last run is still being put away. Not since when it is due: what is asked for within the same millisecond is.
 */
const wakeUp = ({ name, accountId, id, attempts }: DueJob) => ({
  name,
  data: { accountId, id },
  opts: { jobId: `${id}-${attempts}`, attempts: 1, removeOnComplete: true, removeOnFail: true },
})

/** What has no answer by then gets none. Nobody waits so long: see `handOverOrRun`. */
const GIVE_UP_MS = 5_000

/** The delay before a worker asks again after its connection broke; BullMQ's 15 s would be felt. */
const workerOptions = { runRetryDelay: 1_000, drainDelay: 5 }

async function onRedis(platform: Platform, url: string, complain: (error: Error) => void): Promise<Backend> {
  // null: commands wait for the connection to come back, as BullMQ demands of those who take
  const taking = new Redis(url, { maxRetriesPerRequest: null, connectionName: 'envoi' })
  // who hands over has another way, and does not wait: nor do commands pile up that nobody wants any more
  const giving = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: GIVE_UP_MS,
    commandTimeout: GIVE_UP_MS,
    connectionName: 'envoi',
  })
  for (const connection of [taking, giving]) connection.on('error', complain)
  const prefix = `envoi:${await databaseId(platform)}`
  return {
    queue: (name) => new Queue<JobKey>(name, { connection: giving, prefix }),
    worker: (name, concurrency, wake) =>
      new Worker<JobKey>(name, (job) => wake(job.data), {
        connection: taking,
        prefix,
        ...workerOptions,
        concurrency,
      }),
    async close() {
      taking.disconnect()
      giving.disconnect()
    },
  }
}

async function onPostgres(platform: Platform, queues: number): Promise<Backend> {
  // each worker keeps a connection to listen; the rest is for short statements
  const pool = openQueuePool(platform, queues + 5)
  const client = await pool.connect()
  try {
    await runMigrations(client, queueSchema)
  } finally {
    client.release()
  }
  return {
    queue: (name) => new Queue(name, { connection: pool }, createPostgresBackend) as unknown as Queue<JobKey>,
    worker: (name, concurrency, wake) =>
      new Worker(
        name,
        (job) => wake(job.data),
        { connection: pool, ...workerOptions, concurrency },
        createPostgresBackend,
      ) as unknown as Worker<JobKey>,
    close: () => pool.end(),
  }
}

/** The same trouble at most every ten seconds: during an outage each queue complains each second. */
function sparingly(complain: (error: Error) => void): (error: Error) => void {
  const last = new Map<unknown, number>()
  return (error) => {
    const kind = 'code' in error ? error.code : error.name
    if (performance.now() - (last.get(kind) ?? Number.NEGATIVE_INFINITY) < 10_000) return
    last.set(kind, performance.now())
    complain(error)
  }
}
