import type { Context } from '../context.ts'

export interface Recorder<R> {
  /** Resolves when fewer than so many wait to be written. */
  below(limit: number): Promise<void>
  add(result: R): void
  /** Resolves when everything added is on disk; rejects when it could not be written in time. */
  settled(): Promise<void>
}

const BATCH = 500
/** The database may restart: an outcome that is not written down becomes `unknown`, so it is worth some insistence. */
const INSIST_MS = 60_000
const PAUSE_MS = 200

/** Nobody waits for one outcome, and a commit costs the same for one as for a hundred: so long they gather. */
const LINGER_MS = 15
/** So many do not wait for more. */
const ENOUGH = 100

/**
 * Writes results down by group commit: what comes in shortly after each other, or while a write is under way, shares one.
 * A crash makes `unknown` what has left and is not written down: no more than leaves in those moments.
 */
export function createRecorder<R>(
  context: Context,
  writeDown: (results: readonly R[]) => Promise<void>,
): Recorder<R> {
  const waiting: R[] = []
  let writing: Promise<void> | undefined
  let unwritten = 0
  let failure: unknown
  let isEnding = false
  let hurry = () => {}

  const write = async (batch: R[]): Promise<void> => {
    for (const until = performance.now() + INSIST_MS; ; ) {
      try {
        return await writeDown(batch)
      } catch (error) {
        if (performance.now() > until) throw error
        context.log.warn({ err: error, messages: batch.length }, 'outcomes could not be recorded yet')
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }
  }
  const linger = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LINGER_MS)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const writeAll = async (): Promise<void> => {
    try {
      while (waiting.length > 0) {
        if (waiting.length < ENOUGH && !isEnding) await linger()
        const batch = waiting.splice(0, BATCH)
        await write(batch)
        unwritten -= batch.length
      }
    } catch (error) {
      failure = error
    } finally {
      writing = undefined
    }
  }
  return {
    async below(limit) {
      while (unwritten >= limit && writing) await writing
      if (failure !== undefined) throw failure
    },
    add(result) {
      waiting.push(result)
      unwritten++
      if (waiting.length === ENOUGH) hurry()
      writing ??= writeAll()
    },
    async settled() {
      isEnding = true
      hurry()
      while (writing) await writing
      if (failure !== undefined) throw failure
    },
  }
}
