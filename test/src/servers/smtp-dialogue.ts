import type { Socket } from 'node:net'

/** Where in a transaction a server can misbehave; `body` is before the final dot, `end` after it. */
export type Phase = 'greeting' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'body' | 'end'

/** What to do instead of the usual. Several can be combined: `delayMs` or `after` first, then `reply`, then `close`. */
export interface Misbehaviour {
  at: Phase
  /** Such as `550 5.1.1 No such user`, without CRLF. */
  reply?: string
  /** Never answer. At `body`: stop reading. */
  hang?: boolean
  /** Cut the connection, after the reply when there is one. */
  close?: boolean
  /** Take that long to answer. */
  delayMs?: number
  /** Answer when this has come true. */
  after?: Promise<void>
  /** At `end`: take the message all the same, as a server that crashes before its answer may have done. */
  keep?: boolean
}

export interface Transaction {
  /** Which transaction of the server it is, from 1; before MAIL, which connection. */
  ordinal: number
  from: string
  to: string[]
}

/** What the server decides and is told; the dialogue only speaks. */
export interface DialogueHandlers {
  connection: number
  nextOrdinal(): number
  misbehaviour(phase: Phase, transaction: Transaction): Misbehaviour | undefined
  received(transaction: Transaction, raw: Buffer): void
  pipelining: boolean
}

const END = Buffer.from('\r\n.\r\n')
const ADDRESS = /^(?:MAIL FROM|RCPT TO):\s*<([^>]*)>/i

/**
 * One client's SMTP session, from the server's side, over a bare socket. A library for servers answers correctly, which is
 * why it is not used here: tests need a server that hangs, lies or vanishes at any point of the protocol.
 */
export function converse(socket: Socket, handlers: DialogueHandlers): void {
  let pending: Buffer = Buffer.alloc(0)
  let inData = false
  let stopped = false
  /** The bytes of `pending` in which the end was already looked for. */
  let searched = 0
  let transaction: Transaction = { ordinal: handlers.connection, from: '', to: [] }
  /** Between an accepted MAIL and the end of its transaction. */
  let begun = false
  let bodyBegun = false

  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    advance()
  })
  act('greeting', () => '220 test.invalid ESMTP')

  function advance(): void {
    while (!stopped && pending.length > 0) {
      if (!(inData ? readBody() : readCommand())) return
    }
  }

  function readCommand(): boolean {
    const end = pending.indexOf('\r\n')
    if (end < 0) return false
    const line = pending.toString('latin1', 0, end)
    pending = pending.subarray(end + 2)
    command(line)
    return true
  }

  function readBody(): boolean {
    if (!bodyBegun) {
      bodyBegun = true
      act('body', () => undefined)
      if (stopped) return false
    }
    // An empty body is a dot alone, without the CRLF before it.
    const empty = pending.subarray(0, 3).equals(END.subarray(2))
    const end = empty ? 0 : pending.indexOf(END, Math.max(0, searched - END.length))
    searched = pending.length
    if (end < 0) return false
    const raw = unstuff(pending.subarray(0, empty ? 0 : end + 2))
    pending = pending.subarray(empty ? 3 : end + END.length)
    inData = false
    begun = false
    const finished = transaction
    const take = () => handlers.received(finished, raw)
    act(
      'end',
      () => {
        take()
        return '250 2.0.0 Queued'
      },
      take,
    )
    return true
  }

  function command(line: string): void {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO' || verb === 'HELO') {
      act('ehlo', () =>
        handlers.pipelining ? '250-test.invalid\r\n250-PIPELINING\r\n250 SIZE' : '250 test.invalid',
      )
    } else if (verb === 'MAIL') {
      transaction = { ordinal: handlers.nextOrdinal(), from: ADDRESS.exec(line)?.[1] ?? '', to: [] }
      if (begun) {
        say('503 5.5.1 Nested MAIL')
        return
      }
      act('mail', () => {
        begun = true
        return '250 2.1.0 Ok'
      })
    } else if (verb === 'RCPT') {
      if (!begun) {
        say('503 5.5.1 No MAIL')
        return
      }
      const to = ADDRESS.exec(line)?.[1] ?? ''
      const candidate = { ...transaction, to: [to] }
      act(
        'rcpt',
        () => {
          transaction.to.push(to)
          return '250 2.1.5 Ok'
        },
        undefined,
        candidate,
      )
    } else if (verb === 'DATA') {
      act('data', () => {
        if (transaction.to.length === 0) return '503 5.5.1 No recipient'
        inData = true
        bodyBegun = false
        searched = 0
        return '354 Go on'
      })
    } else if (verb === 'QUIT') {
      stopped = true
      socket.end('221 2.0.0 Bye\r\n')
    } else {
      if (verb === 'RSET') begun = false
      say(verb === 'RSET' || verb === 'NOOP' ? '250 2.0.0 Ok' : '500 5.5.2 Unknown command')
    }
  }

  /** Answers as usual, or as told; input that arrives during a delay waits. */
  function act(phase: Phase, usual: () => string | undefined, keep?: () => void, about = transaction): void {
    const told = handlers.misbehaviour(phase, about)
    if (!told) {
      say(usual())
      return
    }
    const answer = () => {
      stopped = told.hang === true || told.close === true
      if (told.keep) keep?.()
      if (told.hang) {
        socket.pause()
        return
      }
      const goesOn = told.reply?.startsWith('2') || (told.reply === undefined && !told.close)
      const reply = goesOn ? usual() : undefined
      say(told.reply ?? reply)
      // What the client still has to say is not listened to.
      if (told.close) socket.destroySoon()
    }
    const { delayMs, after } = told
    if (delayMs === undefined && after === undefined) {
      answer()
      return
    }
    stopped = true
    socket.pause()
    const late = () => {
      socket.resume()
      answer()
      advance()
    }
    if (after === undefined) setTimeout(late, delayMs)
    else after.then(late)
  }

  function say(reply: string | undefined): void {
    if (reply !== undefined) socket.write(`${reply}\r\n`)
  }
}

function unstuff(raw: Buffer): Buffer {
  if (raw[0] !== 0x2e && !raw.includes('\r\n.')) return Buffer.from(raw)
  return Buffer.from(raw.toString('latin1').replace(/^\./gm, ''), 'latin1')
}
