import {
  type ConnectionFailure,
  type OpenConnection,
  openConnection,
  type SmtpTimeouts,
} from './open-connection.ts'
import type { Outcome } from './outcome.ts'
import { checkEnvelope, type SmtpEnvelope } from './smtp-envelope.ts'
import { SmtpSession } from './smtp-session.ts'
import { parseSmtpUrl, type SmtpRelay } from './smtp-url.ts'

export interface SmtpPoolOptions {
  /** See `parseSmtpUrl`. */
  url: string
  /** At most so many connections at once; 10 unless given. */
  maxConnections?: number
  /** A connection is replaced after so many messages; 1,000 unless given. Providers often cut at 100. */
  maxMessagesPerConnection?: number
  /** What this client calls itself in EHLO: its host name, which some servers check. */
  clientName?: string
  timeouts?: Partial<SmtpTimeouts>
}

/** Milliseconds. The RFC's minutes where a premature end would cost an `unknown`, less where it costs a retry. */
const TIMEOUTS: SmtpTimeouts = {
  connect: 15_000,
  greeting: 30_000,
  command: 60_000,
  transfer: 180_000,
  final: 600_000,
  idle: 30_000,
}

/** After a connection was refused while others work (a limit of the server), so long before the pool grows again. */
const GROWTH_PAUSE = 5_000

const POOL_CLOSED: ConnectionFailure = { reason: 'pool_closed', code: null, enhancedCode: null }

interface Waiting {
  envelope: SmtpEnvelope
  raw: Buffer
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
  retried: boolean
}

/**
 * Connections to one relay, opened as needed, reused, bounded.
 *
 * When no connection can be had at all, everything that waits is deferred with the reason, instead of each message paying
 * for its own attempt. Callers bound what waits: the pool queues whatever it is given.
 */
export class SmtpPool {
  readonly #relay: SmtpRelay
  readonly #timeouts: SmtpTimeouts
  readonly #maxConnections: number
  readonly #maxMessages: number
  readonly #clientName: string | undefined
  readonly #sessions = new Set<SmtpSession>()
  readonly #idle: SmtpSession[] = []
  #waiting: Waiting[] = []
  #opening = 0
  #growAfter = 0
  #closing: { done: Promise<void>; resolve: () => void } | undefined

  /** @throws MailInputError when the URL cannot be used */
  constructor(options: SmtpPoolOptions) {
    this.#relay = parseSmtpUrl(options.url)
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts }
    this.#maxConnections = options.maxConnections ?? 10
    this.#maxMessages = options.maxMessagesPerConnection ?? 1_000
    this.#clientName = options.clientName
  }

  /** Connections open now. */
  get connections(): number {
    return this.#sessions.size
  }

  /**
   * Hands one message to the relay and says how that ended. Whatever servers and networks do is an outcome, not an error;
   * it rejects only for an envelope or a message that must never be sent (`MailInputError`).
   *
   * @param raw the message as `serializeMessage` writes it
   */
  send(envelope: SmtpEnvelope, raw: Buffer): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      checkEnvelope(envelope)
      if (this.#closing)
        return resolve({ kind: 'deferred', code: null, enhancedCode: null, reason: 'pool_closed' })
      this.#waiting.push({ envelope, raw, resolve, reject, retried: false })
      this.#dispatch()
    })
  }

  /**
   * Takes no more messages, hands over those it has, says QUIT to the relay. After `graceMs` it stops waiting: what has not
   * begun is `deferred`, and what is under way ends as its phase commands (`unknown` after the final dot).
   */
  close(graceMs?: number): Promise<void> {
    if (!this.#closing) {
      const { promise, resolve } = withResolvers()
      this.#closing = { done: promise, resolve }
      this.#closeWhenDone()
    }
    const { done } = this.#closing
    if (graceMs === undefined) return done
    const timer = setTimeout(() => this.#giveUp(), graceMs)
    return done.finally(() => clearTimeout(timer))
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const session = this.#idle.pop()
      if (!session) break
      const next = session.usable ? this.#waiting.shift() : undefined
      if (next) this.#run(session, next)
    }
    while (this.#opening < this.#waiting.length && this.#mayGrow()) this.#openOne()
    this.#closeWhenDone()
  }

  #mayGrow(): boolean {
    const count = this.#sessions.size + this.#opening
    return count === 0 || (count < this.#maxConnections && performance.now() >= this.#growAfter)
  }

  #openOne(): void {
    this.#opening++
    openConnection(this.#relay, this.#timeouts, this.#clientName).then((opened) => {
      this.#opening--
      if ('reason' in opened) this.#onRefused(opened)
      else this.#onOpened(opened)
      this.#dispatch()
    })
  }

  #onOpened(opened: OpenConnection): void {
    const session = new SmtpSession(opened, this.#timeouts, (closed) => this.#onClosed(closed))
    this.#sessions.add(session)
    this.#idle.push(session)
  }

  #onRefused(failure: ConnectionFailure): void {
    this.#growAfter = performance.now() + GROWTH_PAUSE
    if (this.#sessions.size === 0 && this.#opening === 0) this.#deferWaiting(failure)
  }

  #onClosed(session: SmtpSession): void {
    this.#sessions.delete(session)
    const index = this.#idle.indexOf(session)
    if (index >= 0) this.#idle.splice(index, 1)
    // Not now: the message that the session carried is settled first.
    queueMicrotask(() => this.#dispatch())
  }

  #run(session: SmtpSession, item: Waiting): void {
    session
      .send(item.envelope, item.raw)
      .finally(() => this.#release(session))
      .then((outcome) => {
        const lost = outcome.kind === 'deferred' && outcome.reason === 'connection_lost'
        if (lost && session.wasStale && !item.retried) this.#waiting.unshift({ ...item, retried: true })
        else item.resolve(outcome)
      }, item.reject)
      .then(() => this.#dispatch())
  }

  /** Before the outcome is known to the caller, whose next message may then take this connection. */
  #release(session: SmtpSession): void {
    if (session.usable && session.transactions < this.#maxMessages) this.#idle.push(session)
    else session.close()
  }

  #deferWaiting(failure: ConnectionFailure): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const item of waiting) item.resolve({ kind: 'deferred', ...failure })
  }

  #closeWhenDone(): void {
    if (!this.#closing || this.#waiting.length > 0) return
    for (const session of [...this.#idle]) session.close()
    if (this.#sessions.size === 0 && this.#opening === 0) this.#closing.resolve()
  }

  #giveUp(): void {
    this.#deferWaiting(POOL_CLOSED)
    for (const session of [...this.#sessions]) session.close()
    // a connection that is still being opened closes by itself, and nobody waits for it
    this.#closing?.resolve()
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil
  })
  return { promise, resolve }
}
