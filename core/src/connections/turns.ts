/**
 * Turns at something scarce, shared fairly: everybody has a limit of their own, and of those who wait one of each is served in turn,
 * however many more one of them has sent. Whoever asks for more than can be waited for is refused, and nobody else is.
 */
import { DomainError } from '../errors.ts'

export interface TurnLimits {
  /** At work at once, of all together. */
  total: number
  /** At work at once, of one. */
  each: number
  /** Waiting at once, of one. */
  waiting: number
  waitMs: number
}

export interface Turns {
  /**
   * Waits for a turn. Resolves with what ends it.
   *
   * @throws DomainError `rate_limited` to those who have too much under way themselves, `unavailable` when it is the others
   */
  enter(owner: string, signal?: AbortSignal): Promise<() => void>
}

interface Waiter {
  start(): void
}

export function shareTurns({ total, each, waiting, waitMs }: TurnLimits): Turns {
  const atWork = new Map<string, number>()
  /** In the order of their turns: whoever is served goes to the end. */
  const queues = new Map<string, Waiter[]>()
  let all = 0

  const mayStart = (owner: string) => all < total && (atWork.get(owner) ?? 0) < each

  function start(owner: string): () => void {
    all += 1
    atWork.set(owner, (atWork.get(owner) ?? 0) + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      all -= 1
      const left = (atWork.get(owner) ?? 1) - 1
      if (left === 0) atWork.delete(owner)
      else atWork.set(owner, left)
      serve()
    }
  }

  function serve(): void {
    for (const [owner, queue] of queues) {
      if (all >= total) return
      if (!mayStart(owner)) continue
      const next = queue.shift()
      queues.delete(owner)
      // visited again by this loop, after the others
      if (queue.length > 0) queues.set(owner, queue)
      next?.start()
    }
  }

  function refusal(owner: string): DomainError {
    return (atWork.get(owner) ?? 0) >= each
      ? new DomainError('rate_limited', { retryAfter: 5, detail: tooMuch })
      : new DomainError('unavailable', { retryAfter: 5 })
  }

  async function wait(owner: string, signal?: AbortSignal): Promise<() => void> {
    const queue = queues.get(owner) ?? []
    if (queue.length >= waiting) throw new DomainError('rate_limited', { retryAfter: 5, detail: tooMuch })
    queues.set(owner, queue)
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
      }
      const waiter: Waiter = {
        start() {
          settle()
          resolve(start(owner))
        },
      }
      const leave = (error: DomainError) => {
        settle()
        queue.splice(queue.indexOf(waiter), 1)
        if (queue.length === 0) queues.delete(owner)
        reject(error)
      }
      const giveUp = () => leave(givenUp())
      const timer = setTimeout(() => leave(refusal(owner)), waitMs)
      signal?.addEventListener('abort', giveUp)
      queue.push(waiter)
    })
  }

  return {
    async enter(owner, signal) {
      if (signal?.aborted === true) throw givenUp()
      // nobody overtakes those of the same owner who came before
      return mayStart(owner) && !queues.has(owner) ? start(owner) : wait(owner, signal)
    },
  }
}

const tooMuch = 'You have as many requests of this kind under way as you may: wait until some are answered.'

/** Nobody is there to hear it. */
const givenUp = () => new DomainError('unavailable', { retryAfter: 10 })
