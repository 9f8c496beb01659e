/**
 * The way out of a process: one pool of connections to the relay, and as many places as it has connections. Whoever wants
 * to hand messages over takes places first, so that a message whose hand-off has begun never waits for a connection behind
 * others: what is checked right before (the ground of each message) is still true when its bytes leave.
 */
import type { Outcome } from './outcome.ts'
import type { SmtpEnvelope } from './smtp-envelope.ts'
import { SmtpPool, type SmtpPoolOptions } from './smtp-pool.ts'

export interface Mailer {
  /** Takes up to so many places: waits until half of them (or half of all) are free, and after a moment for just one. */
  reserve(wanted: number): Promise<number>
  /** Gives places back that are not needed after all. */
  release(places: number): void
  /** Hands one message over, in a place that was taken, and gives the place back. See `SmtpPool.send`. */
  send(envelope: SmtpEnvelope, raw: Buffer): Promise<Outcome>
  /** Waits for what is under way, 5 s unless told otherwise, then gives it up with the outcome that its phase commands. */
  close(graceMs?: number): Promise<void>
}

interface Waiting {
  wanted: number
  resolve: (places: number) => void
}

/** How long to wait for several places to be free, rather than go with one: to begin hand-offs costs a commit, however many. */
const PATIENCE_MS = 20
/** A process that ends waits that long for what is under way. */
const GRACE_MS = 5_000

export interface MailerOptions {
  /** Connections at most, and places. */
  places?: number
  timeouts?: SmtpPoolOptions['timeouts']
}

/** Opens no connection before the first message. */
export function createMailer(url: string, { places = 20, timeouts }: MailerOptions = {}): Mailer {
  const pool = new SmtpPool({ url, maxConnections: places, timeouts })
  let free = places
  const queue: Waiting[] = []
  /** Runs for the first of the queue: for all at once, each would get the crumbs of the one before. */
  let patience: NodeJS.Timeout | undefined

  const serve = (isPatient = true) => {
    for (let first = queue[0]; first !== undefined && free > 0; first = queue[0]) {
      if (isPatient && free < Math.min(first.wanted, Math.ceil(places / 2))) break
      queue.shift()
      clearTimeout(patience)
      patience = undefined
      isPatient = true
      const taken = Math.min(first.wanted, free)
      free -= taken
      first.resolve(taken)
    }
    if (queue.length > 0) patience ??= setTimeout(lose, PATIENCE_MS)
  }
  const lose = () => {
    patience = undefined
    serve(false)
  }
  const release = (count: number) => {
    free += count
    serve()
  }

  return {
    reserve(wanted) {
      return new Promise((resolve) => {
        queue.push({ wanted, resolve })
        serve()
      })
    },
    release,
    async send(envelope, raw) {
      try {
        return await pool.send(envelope, raw)
      } finally {
        release(1)
      }
    },
    close: (graceMs = GRACE_MS) => pool.close(graceMs),
  }
}
