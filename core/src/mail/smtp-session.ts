/**
 * One SMTP session and its mail transactions (RFC 5321, PIPELINING: RFC 2920).
 *
 * nodemailer's `SMTPConnection` opens the session (greeting, EHLO, STARTTLS, AUTH) and reports its end; the transactions
 * are spoken here, because of one instant. A message whose final dot has left may have been delivered whatever happens
 * next, and one whose final dot has not left certainly has not been (section 4.1.1.4: a server must not act on
 * partial data). `SMTPConnection.send` streams the body through a transform and reports only the error at the end, so that
 * instant cannot be told from outside. Here it is an assignment: `#phase = 'final'`, made just before the
 * bytes that hold the dot are given to the socket, and never after.
 *
 *     idle ──send──► envelope ──354──► body ──► final ──reply──► idle
 *                       │               │         │
 *                  lost: deferred  lost: deferred  lost: unknown
 *
 * A message that fits the system's send buffer leaves in one write, so it passes from envelope to final at once. A larger
 * one waits in `body` until the system has taken all of it, and only then is the dot written: a server that stops
 * reading in the middle leaves the message deferred, not unknown.
 */
import type { Socket } from 'node:net'
import { classifyRefusal, type SmtpStep } from './classify-reply.ts'
import {
  type ConnectionFailure,
  connectionFailure,
  type OpenConnection,
  type SmtpTimeouts,
} from './open-connection.ts'
import type { Outcome } from './outcome.ts'
import type { SmtpEnvelope } from './smtp-envelope.ts'
import { ReplyReader, type SmtpReply } from './smtp-reply.ts'
import { prepareData } from './wire-data.ts'

type Phase = 'idle' | 'envelope' | 'body' | 'final' | 'closed'
type Command = 'rset' | 'mail' | 'rcpt' | 'data'

/** Linux gives a socket at least this much send buffer (`tcp_wmem`), so one write of it never waits for the peer. */
const SINGLE_WRITE = 16 * 1024

const NO_REPLY = { code: null, enhancedCode: null }
const LEAVING: ConnectionFailure = { ...NO_REPLY, reason: 'pool_closed' }

export class SmtpSession {
  readonly #open: OpenConnection
  readonly #socket: Socket
  readonly #timeouts: SmtpTimeouts
  readonly #onClosed: (session: SmtpSession) => void
  readonly #reader = new ReplyReader()
  #phase: Phase = 'idle'
  #timer: NodeJS.Timeout | undefined
  #settle: ((outcome: Outcome) => void) | undefined
  #content: Buffer | undefined
  #commands: { step: Command; line: string }[] = []
  #awaited = 0
  #refusal: Outcome | undefined
  #needsReset = false
  #transactions = 0
  #answered = false

  constructor(open: OpenConnection, timeouts: SmtpTimeouts, onClosed: (session: SmtpSession) => void) {
    this.#open = open
    this.#socket = open.socket
    this.#timeouts = timeouts
    this.#onClosed = onClosed
    // From here on replies are read below; `SMTPConnection` keeps watch over errors and the end of the socket.
    this.#socket.removeAllListeners('data')
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.setTimeout(0)
    open.connection.on('error', (error) => this.#lose(connectionFailure(error)))
    open.connection.on('end', () => this.#lose(connectionFailure()))
    this.#enter('idle', timeouts.idle)
  }

  get usable(): boolean {
    return this.#phase === 'idle' && this.#socket.writable
  }

  /** Transactions begun so far. */
  get transactions(): number {
    return this.#transactions
  }

  /**
   * Whether the last transaction met a connection that the server had closed while it lay idle: it had served before, and
   * not one command was answered. The message has not been seen by anyone and can take another connection at once.
   */
  get wasStale(): boolean {
    return this.#phase === 'closed' && this.#transactions > 1 && !this.#answered
  }

  /** Hands over one message. One at a time: only while `usable`. */
  send(envelope: SmtpEnvelope, raw: Buffer): Promise<Outcome> {
    const content = prepareData(raw)
    return new Promise((resolve) => {
      this.#settle = resolve
      this.#content = content
      this.#transactions++
      this.#refusal = undefined
      this.#answered = false
      this.#awaited = 0
      const size = this.#open.extensions.size ? ` SIZE=${raw.length}` : ''
      this.#commands = [
        { step: 'mail', line: `MAIL FROM:<${envelope.from}>${size}\r\n` },
        { step: 'rcpt', line: `RCPT TO:<${envelope.to}>\r\n` },
        { step: 'data', line: 'DATA\r\n' },
      ]
      if (this.#needsReset) this.#commands.unshift({ step: 'rset', line: 'RSET\r\n' })
      this.#needsReset = true
      this.#enter('envelope', this.#timeouts.command)
      if (this.#open.extensions.pipelining) {
        this.#socket.write(this.#commands.map((command) => command.line).join(''), 'latin1')
      } else {
        this.#socket.write(this.#commands[0]?.line ?? '', 'latin1')
      }
    })
  }

  /** Takes leave: QUIT when idle. A message under way is lost, with the outcome that its phase commands. */
  close(): void {
    if (this.#phase !== 'idle') {
      this.#lose(LEAVING)
      return
    }
    this.#socket.write('QUIT\r\n')
    this.#end()
    // Closes our side once QUIT has left, and the other after a while if the server does not.
    this.#open.connection.close()
  }

  #read(chunk: Buffer): void {
    const replies = this.#reader.read(chunk)
    if (!replies) {
      this.#lose({ ...NO_REPLY, reason: 'protocol_error' })
      return
    }
    for (const reply of replies) this.#handle(reply)
  }

  #handle(reply: SmtpReply): void {
    this.#answered = true
    switch (this.#phase) {
      case 'envelope':
        this.#handleEnvelopeReply(reply)
        return
      case 'body':
        // An answer before the end of the data: the server has given up on it. A 2xx here would be an acceptance of
        // something never asked; nothing is known then.
        this.#abort(classifyRefusal('final', reply))
        return
      case 'final':
        if (reply.code < 200 || reply.code >= 300) {
          this.#refuse('final', reply)
          return
        }
        this.#needsReset = false
        this.#finish({ kind: 'sent', ...reply })
        return
      case 'idle':
        // Nothing was asked: a 421 before the server closes, or a server out of step. Either way the session is over.
        this.#lose({ ...NO_REPLY, reason: 'service_unavailable' })
        return
      case 'closed':
        return
    }
  }

  #handleEnvelopeReply(reply: SmtpReply): void {
    const step = this.#commands[this.#awaited++]?.step
    if (step === 'data') {
      this.#handleDataReply(reply)
      return
    }
    if (reply.code === 421) {
      this.#abort(classifyRefusal(step === 'rcpt' ? 'rcpt' : 'mail', reply))
      return
    }
    const accepted = reply.code >= 200 && reply.code < 300
    if (step === 'rset') {
      if (!accepted) {
        this.#abort(classifyRefusal('mail', { code: 0, enhancedCode: null }))
        return
      }
    } else if (!accepted && step) {
      this.#refusal ??= classifyRefusal(step, reply)
      // With pipelining, RCPT and DATA are already on their way and will be answered too.
      if (!this.#open.extensions.pipelining) {
        this.#finish(this.#refusal)
        return
      }
    }
    if (!this.#open.extensions.pipelining) {
      this.#enter('envelope', this.#timeouts.command)
      this.#socket.write(this.#commands[this.#awaited]?.line ?? '', 'latin1')
    }
  }

  #handleDataReply(reply: SmtpReply): void {
    const refusal = this.#refusal
    // A server may want data for a message it has refused (RFC 2920 section 3.1); `#finish` then leaves rather than send some.
    if (refusal) this.#finish(refusal, reply)
    else if (reply.code === 354) this.#transfer()
    else this.#refuse('data', reply)
  }

  #transfer(): void {
    const content = this.#content
    this.#content = undefined
    if (!content) return
    if (content.length <= SINGLE_WRITE) {
      this.#enter('final', this.#timeouts.final)
      this.#socket.write(content)
      return
    }
    // The end of `content` is the final dot (see wire-data.ts): all but its last five bytes can leave without harm.
    this.#enter('body', this.#timeouts.transfer)
    this.#socket.write(content.subarray(0, -5), (error) => {
      if (error || this.#phase !== 'body') return
      this.#enter('final', this.#timeouts.final)
      this.#socket.write(content.subarray(-5))
    })
  }

  #refuse(step: SmtpStep, reply: SmtpReply): void {
    this.#finish(classifyRefusal(step, reply), reply)
  }

  /** Ends the transaction. The session goes on, unless the server is leaving, refuses it, or does not follow the protocol. */
  #finish(outcome: Outcome, reply?: SmtpReply): void {
    const refused = outcome.kind === 'deferred' && outcome.reason === 'session_refused'
    if (refused || (reply && (reply.code === 421 || reply.code < 400))) {
      this.#abort(outcome)
      return
    }
    const settle = this.#settle
    this.#settle = undefined
    this.#enter('idle', this.#timeouts.idle)
    settle?.(outcome)
  }

  /** Ends the transaction and the session. */
  #abort(outcome: Outcome): void {
    const settle = this.#settle
    this.#settle = undefined
    this.#end()
    this.#open.connection.close()
    this.#socket.destroy()
    settle?.(outcome)
  }

  /** The connection is gone, or must go. What that means for the message depends on one thing: had the final dot left? */
  #lose(failure: ConnectionFailure): void {
    if (this.#phase === 'closed') return
    if (this.#phase === 'final') {
      const { code, enhancedCode } = failure
      const late = failure.reason === 'reply_timeout'
      const reason = late ? 'reply_timeout_after_data' : 'connection_lost_after_data'
      this.#abort({ kind: 'unknown', code, enhancedCode, reason })
      return
    }
    // With pipelining a refusal may be known already, and only the reply to DATA missing.
    this.#abort(this.#refusal ?? { kind: 'deferred', ...failure })
  }

  #end(): void {
    this.#phase = 'closed'
    clearTimeout(this.#timer)
    this.#content = undefined
    this.#onClosed(this)
  }

  /** Moves to a phase, which may last so long and no longer, whatever trickles in meanwhile. */
  #enter(phase: Phase, limit: number): void {
    this.#phase = phase
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#timeOut(), limit)
  }

  #timeOut(): void {
    if (this.#phase === 'idle') {
      this.close()
      return
    }
    if (this.#phase !== 'body') {
      this.#lose({ ...NO_REPLY, reason: 'reply_timeout' })
      return
    }
    this.#abort({ kind: 'deferred', ...NO_REPLY, reason: 'transfer_timeout' })
  }
}
