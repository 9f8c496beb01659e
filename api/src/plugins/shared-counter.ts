/**
 * Counts requests towards limits, together with all other processes: in Postgres, which every request needs anyway.
 *
 * - Small limits (openings, guesses, requests of strangers) are exact: each request is counted before it is let through. Requests that
 *   come while a statement is under way share the next one.
 * - Of large ones a process draws a hundredth at a time and lets so many through without asking. Together no more than the limit pass;
 *   what a process has drawn and not used is lost to the others until the window ends, a hundredth for each process at most.
 * - What is over its limit is refused from memory until its window ends: knocking costs the database nothing.
 * - While the database does not answer in time, each process counts alone, in memory.
 */
import type { Logger } from '@envoi/core'
import type { Draw, RequestCounts } from '@envoi/core/access/count-requests'
import { answerInTime } from '@envoi/core/answer-in-time'
import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'

export interface Counted {
  /** This request's number in the window, as far as this process knows: above the limit, it is refused. */
  current: number
  /** Milliseconds until the window ends. */
  ttl: number
}

export interface SharedCounter {
  count(name: string, windowMs: number, max: number): Promise<Counted>
  /** Whether the processes count together at the moment. */
  isShared(): boolean
}

/** What a process may let through without asking. */
interface Share {
  next: number
  last: number
  max: number
  endsAt: number
  /** Of one that counts alone: when to ask again whether it has to. */
  askAt?: number
}

interface Waiting {
  windowMs: number
  max: number
  settle: ((counted: Counted) => void)[]
}

/** Some milliseconds when all is well. */
const ANSWER_MS = 1_000
const TRY_AGAIN_MS = 5_000
/** Keys in one statement. */
const BATCH = 500
/** Some megabytes. Beyond, the oldest are forgotten: what they had left is lost, what was over is counted once more. */
const SHARES = 20_000

/** Small limits one by one. */
const blockOf = (max: number) => (max < 1_000 ? 1 : Math.min(1_000, Math.floor(max / 100)))

export function sharedCounter(
  { draw }: Pick<RequestCounts, 'draw'>,
  { log, now }: { log: Logger; now: () => number },
): SharedCounter {
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: TRY_AGAIN_MS,
    breaker: new ConsecutiveBreaker(1),
  })
  const shares = new Map<string, Share>()
  const waiting = new Map<string, Waiting>()
  let isAsking = false
  let isAlone = false

  /** From what this process has drawn, or knows to be over; undefined: the others have to be asked. */
  const fromShare = (name: string): Counted | undefined => {
    const share = shares.get(name)
    const at = now()
    if (share === undefined || share.endsAt <= at || at >= (share.askAt ?? Number.POSITIVE_INFINITY))
      return undefined
    if (share.next > share.last && share.last < share.max) return undefined
    const current = Math.min(share.next, share.max + 1)
    share.next++
    return { current, ttl: share.endsAt - at }
  }
  const serve = (name: string, settle: (counted: Counted) => void): boolean => {
    const counted = fromShare(name)
    if (counted !== undefined) settle(counted)
    return counted !== undefined
  }
  const keep = (name: string, share: Share) => {
    shares.delete(name)
    shares.set(name, share)
    const [oldest] = shares.keys()
    if (shares.size > SHARES && oldest !== undefined) shares.delete(oldest)
  }
  /** What it has let through alone, in a window that goes on: told to the others as soon as they can be. */
  const aloneOf = (name: string): Share | undefined => {
    const share = shares.get(name)
    return share?.askAt !== undefined && share.endsAt > now() ? share : undefined
  }
  const ask = async (batch: [string, Waiting][]) => {
    const draws = batch.map(([name, { windowMs, max, settle }]) => {
      const block = Math.max(blockOf(max), settle.length)
      const alone = Math.min((aloneOf(name)?.next ?? 1) - 1, max)
      return { name, windowMs, block, count: block + alone }
    })
    const drawn = await drawTogether(draws)
    for (const [index, [name, { windowMs, max, settle }]] of batch.entries()) {
      const counted = drawn?.[index]
      const block = draws[index]?.block ?? 0
      const share: Share =
        counted === undefined
          ? {
              ...(aloneOf(name) ?? { next: 1, last: max, max, endsAt: now() + windowMs }),
              askAt: now() + TRY_AGAIN_MS,
            }
          : {
              next: counted.count - block + 1,
              last: Math.min(counted.count, max),
              max,
              endsAt: counted.endsAt.getTime(),
            }
      keep(name, share)
      for (const one of settle)
        one(fromShare(name) ?? { current: max + 1, ttl: Math.max(0, share.endsAt - now()) })
      // nothing left and not over: the next one asks anyway
      if (share.next > share.last && share.last < max) shares.delete(name)
    }
  }
  const drawTogether = async (draws: Draw[]) => {
    try {
      const drawn = await breaker.execute(() => answerInTime(draw(draws), ANSWER_MS))
      if (isAlone) log.info('requests are counted with other processes again')
      isAlone = false
      return drawn
    } catch (error) {
      if (!isAlone)
        log.warn({ err: error }, 'requests cannot be counted with other processes: this one counts alone')
      isAlone = true
      return undefined
    }
  }
  const askAll = async () => {
    if (isAsking) return
    isAsking = true
    while (waiting.size > 0) {
      const batch: [string, Waiting][] = []
      for (const [name, one] of waiting) {
        if (batch.length === BATCH) break
        waiting.delete(name)
        // what was drawn while they waited may do
        const settle = one.settle.filter((settled) => !serve(name, settled))
        if (settle.length > 0) batch.push([name, { ...one, settle }])
      }
      if (batch.length > 0) await ask(batch)
    }
    isAsking = false
  }
  return {
    async count(name, windowMs, max) {
      const counted = fromShare(name)
      if (counted !== undefined) return counted
      return new Promise((resolve) => {
        const others = waiting.get(name)?.settle ?? []
        waiting.set(name, { windowMs, max, settle: [...others, resolve] })
        void askAll()
      })
    },
    isShared: () => !isAlone,
  }
}
