/**
 * A mail server for tests: real SMTP on a free loopback port, which keeps what it receives and can be told to misbehave.
 *
 *     const mail = await startMailServer()
 *     const undo = mail.misbehave({ to: 'ada@example.com' }, { at: 'rcpt', reply: '550 5.1.1 No such user' })
 *     … SMTP_URL=mail.url …
 *     await mail.waitFor(3)
 *     expect(mail.to('bob@example.com')).toHaveLength(1)
 *     expect((await mail.received[0].parsed()).subject).toBe('Hello')
 *     await mail.close()
 */
import { createServer, type Server, type Socket } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { converse, type Misbehaviour, type Phase, type Transaction } from './smtp-dialogue.ts'

export type { Misbehaviour } from './smtp-dialogue.ts'

/** Who mails of the platform to its users come from, unless MAIL_FROM says otherwise. */
export const platformSender = 'no-reply@localhost'

/** A message the server has answered 250 to; or that it kept although it cut the connection instead of answering. */
export interface ReceivedMail {
  from: string
  to: string[]
  raw: Buffer
  /** Parsed on the first call, by mailparser. */
  parsed(): Promise<ParsedMail>
}

/**
 * Which messages a misbehaviour touches. `to`: a recipient; `nth`: the n-th transaction of the server, from 1 (at `greeting`
 * and `ehlo`: the n-th connection); `every`: each n-th. Without any: all. `times`: stop after so many. Mails of the platform to
 * its users, which leave when they like, are touched only by a rule that names their recipient.
 */
export interface Target {
  to?: string | RegExp
  nth?: number
  every?: number
  times?: number
}

export interface MailServer {
  /** `smtp://127.0.0.1:port`, as `SMTP_URL` wants it. */
  url: string
  port: number
  /** In order of arrival, but for mails of the platform to its users. */
  received: ReceivedMail[]
  /** Mails of the platform to its users: every account that opens is sent some. */
  toUsers: ReceivedMail[]
  /** Connections accepted so far, and open now. */
  connections: { total: number; open: number }
  /** Messages received for an address. */
  to(address: string): ReceivedMail[]
  /** Misbehaves until the returned function is called (or `times` is reached). The first rule that matches wins. */
  misbehave(target: Target, how: Misbehaviour): () => void
  /** Resolves when so many messages are there, or when the predicate holds; rejects after 45 s unless told otherwise. */
  waitFor(
    wanted: number | ((received: ReceivedMail[]) => boolean),
    timeoutMs?: number,
  ): Promise<ReceivedMail[]>
  /** Resolves when a client has reached this phase so many times (from the start of the server, mails to users apart). */
  waitForPhase(phase: Phase, times?: number, timeoutMs?: number): Promise<void>
  /** How often clients have reached this phase so far. */
  reached(phase: Phase): number
  /** Forgets what was received. */
  clear(): void
  /** Cuts all connections, as a crash would. */
  dropConnections(): void
  close(): Promise<void>
}

interface Rule {
  target: Target
  how: Misbehaviour
  used: number
}

export async function startMailServer(
  options: { port?: number; pipelining?: boolean } = {},
): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const toUsers: ReceivedMail[] = []
  const rules: Rule[] = []
  const sockets = new Set<Socket>()
  const phases = new Map<Phase, number>()
  const waiters = new Set<() => void>()
  const connections = { total: 0, open: 0 }
  let transactions = 0

  const changed = () => {
    for (const check of waiters) check()
  }
  const misbehaviour = (phase: Phase, transaction: Transaction) => {
    if (!isToUser(transaction)) phases.set(phase, (phases.get(phase) ?? 0) + 1)
    if (waiters.size > 0) changed()
    const rule = rules.find((candidate) => applies(candidate, phase, transaction))
    if (rule) rule.used++
    return rule?.how
  }
  const server = createServer((socket) => {
    connections.total++
    connections.open++
    sockets.add(socket)
    socket.once('close', () => {
      connections.open--
      sockets.delete(socket)
    })
    converse(socket, {
      connection: connections.total,
      nextOrdinal: () => ++transactions,
      misbehaviour,
      pipelining: options.pipelining ?? true,
      received: (transaction, raw) => {
        const inbox = isToUser(transaction) ? toUsers : received
        inbox.push(receivedMail(transaction, raw))
        if (waiters.size > 0) changed()
      },
    })
  })
  const port = await listen(server, options.port ?? 0)

  const until = (holds: () => boolean, describe: () => string, timeoutMs = 45_000) =>
    new Promise<void>((resolve, reject) => {
      if (holds()) {
        resolve()
        return
      }
      const check = () => {
        if (!holds()) return
        done()
        resolve()
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`after ${timeoutMs} ms: ${describe()}`))
      }, timeoutMs)
      const done = () => {
        clearTimeout(timer)
        waiters.delete(check)
      }
      waiters.add(check)
    })
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy()
  }

  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    received,
    toUsers,
    connections,
    to: (address) => received.filter((mail) => mail.to.includes(address)),
    misbehave(target, how) {
      const rule = { target, how, used: 0 }
      rules.push(rule)
      return () => {
        const index = rules.indexOf(rule)
        if (index >= 0) rules.splice(index, 1)
      }
    },
    async waitFor(wanted, timeoutMs) {
      const holds = typeof wanted === 'number' ? () => received.length >= wanted : () => wanted(received)
      await until(holds, () => `${received.length} messages received`, timeoutMs)
      return received
    },
    waitForPhase: (phase, times = 1, timeoutMs) =>
      until(
        () => (phases.get(phase) ?? 0) >= times,
        () => `phase ${phase} reached ${phases.get(phase) ?? 0} times of ${times}`,
        timeoutMs,
      ),
    reached: (phase) => phases.get(phase) ?? 0,
    clear() {
      received.length = 0
      toUsers.length = 0
    },
    dropConnections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        dropConnections()
      }),
  }
}

const isToUser = ({ from }: Transaction) => from === platformSender

function applies({ target, how, used }: Rule, phase: Phase, transaction: Transaction): boolean {
  if (how.at !== phase || used >= (target.times ?? Number.POSITIVE_INFINITY)) return false
  if (target.to === undefined && isToUser(transaction)) return false
  if (target.nth !== undefined && transaction.ordinal !== target.nth) return false
  if (target.every !== undefined && transaction.ordinal % target.every !== 0) return false
  const { to } = target
  return (
    to === undefined ||
    transaction.to.some((address) => (typeof to === 'string' ? to === address : to.test(address)))
  )
}

function receivedMail({ from, to }: Transaction, raw: Buffer): ReceivedMail {
  let parsed: Promise<ParsedMail> | undefined
  return {
    from,
    to,
    raw,
    parsed() {
      parsed ??= simpleParser(raw)
      return parsed
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}
