import { setTimeout as pause } from 'node:timers/promises'

/** Another process did not answer in time. It may have done what it was asked. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError'
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`)
  }
}

const STEPS = 10

/**
 * What another process answers within that time. Waited for in steps: a process that was busy itself all the time reads what has arrived
 * before it blames the other.
 */
export async function answerInTime<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  const done = new AbortController()
  const late = async () => {
    for (let step = 0; step < STEPS; step++)
      await pause(milliseconds / STEPS, undefined, { signal: done.signal, ref: false })
    throw new NoAnswerError(milliseconds)
  }
  const running = late()
  running.catch(() => undefined)
  answer.catch(() => undefined)
  try {
    return await Promise.race([answer, running])
  } finally {
    done.abort()
  }
}
