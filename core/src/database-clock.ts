/**
 * The time of the database, which all processes share. The clock of a machine may be wrong by hours and jump when it is put right; here it
 * counts for nothing. What passes is measured by the monotonic clock of the process, and where it stands by asking the database, at
 * start and every few seconds.
 *
 * The database reads its clock between question and answer, so each answer bounds the offset from both sides (RFC 5905, section
 * 8, calls the width of it the round-trip delay). The offset moves only as far as the bounds demand: an answer that took long
 * changes nothing.
 */
import type pg from 'pg'
import type { Logger } from 'pino'
import { type Clock, systemClock } from './context.ts'

/** Quartz drifts by some 50 µs a second: between two questions, by less than a millisecond. */
const AGAIN_MS = 10_000
/** The database is away. */
const RETRY_MS = 1_000
/** A machine whose clock is off by more is worth a word to its operator. */
const WORTH_A_WORD_MS = 2_000

export interface DatabaseClock extends Clock {
  correctionMs(): number
  /** Asks for the first time, and from then on regularly. Until the database has answered, the machine's clock has to do. */
  synchronise(): Promise<void>
  stop(): void
}

export function databaseClock(pool: pg.Pool, log: Logger, system: Clock = systemClock): DatabaseClock {
  /** Of the database's time before the monotonic clock. */
  let offset: number | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let isOff = false

  const now = () => (offset === undefined ? system.now().getTime() : performance.now() + offset)
  const correctionMs = () => now() - system.now().getTime()

  const measure = async () => {
    const client = await pool.connect()
    try {
      const asked = performance.now()
      const { rows } = await client.query<{ ms: number }>({ name: 'read-clock', text: sql })
      const answered = performance.now()
      const [{ ms } = { ms: Number.NaN }] = rows
      const [least, most] = [ms - answered, ms - asked]
      offset = offset === undefined ? (least + most) / 2 : Math.min(Math.max(offset, least), most)
    } finally {
      client.release()
    }
  }
  const mention = () => {
    const off = Math.abs(correctionMs()) > WORTH_A_WORD_MS
    const seconds = Math.round(-correctionMs() / 1_000)
    if (off && !isOff)
      log.warn({ aheadBySeconds: seconds }, "this machine's clock is wrong: the database's time counts")
    isOff = off
  }
  const synchronise = async () => {
    clearTimeout(timer)
    let pause = AGAIN_MS
    try {
      await measure()
      mention()
    } catch (error) {
      pause = RETRY_MS
      log.debug({ err: error }, 'the database could not be asked for the time')
    }
    if (!stopped) timer = setTimeout(synchronise, pause).unref()
  }
  return {
    now: () => new Date(now()),
    correctionMs,
    synchronise,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

const sql = 'select extract(epoch from clock_timestamp())::float8 * 1000 as ms'
