import type { Socket } from 'node:net'
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection'
import type { ConnectionReason } from './outcome.ts'
import { parseReply } from './smtp-reply.ts'
import type { SmtpRelay } from './smtp-url.ts'

/** How long each phase may take, in milliseconds. RFC 5321 section 4.5.3.2 gives minutes; relays are nearer than that. */
export interface SmtpTimeouts {
  /** DNS, TCP and TLS. */
  connect: number
  /** From the connection to the `220`. */
  greeting: number
  /** Each answer to EHLO, AUTH, MAIL, RCPT, DATA. */
  command: number
  /** To hand the message to the network, however slowly the server reads it. */
  transfer: number
  /** From the final dot to its answer. Long on purpose: giving up early makes an `unknown`. The RFC says 10 minutes. */
  final: number
  /** A connection unused for that long is closed. */
  idle: number
}

/** A session ready for MAIL: greeted, encrypted and authenticated as the relay's URL asks. */
export interface OpenConnection {
  connection: SMTPConnection
  socket: Socket
  extensions: { pipelining: boolean; size: boolean }
}

/** Why there is no session. It is never the fault of a recipient. */
export interface ConnectionFailure {
  reason: ConnectionReason
  code: number | null
  enhancedCode: string | null
}

/** Connects, greets, upgrades to TLS and logs in by nodemailer's `SMTPConnection`. Never throws. */
export function openConnection(
  relay: SmtpRelay,
  timeouts: SmtpTimeouts,
  clientName: string | undefined,
): Promise<OpenConnection | ConnectionFailure> {
  const connection = new SMTPConnection({
    host: relay.host,
    port: relay.port,
    name: clientName,
    secure: relay.secure,
    requireTLS: !relay.secure && relay.starttls === 'always',
    ignoreTLS: relay.starttls === 'never',
    tls: { rejectUnauthorized: relay.verifyCertificate },
    connectionTimeout: timeouts.connect,
    dnsTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.command,
    logger: false,
  })
  return new Promise((resolve) => {
    const fail = (error?: SMTPError | null) => {
      // Before `close`, which emits `end`: the first reason given is the right one.
      resolve(connectionFailure(error))
      connection.close()
    }
    // A listener stays for as long as the connection: an `error` event without one would end the process.
    connection.on('error', fail)
    connection.once('end', () => fail())
    connection.connect((error) => {
      if (error) {
        fail(error)
        return
      }
      const greeting = connection.lastServerResponse || ''
      const ready = () => {
        const socket = connection._socket
        if (!socket) {
          fail()
          return
        }
        connection.removeListener('error', fail)
        connection.on('error', () => {})
        resolve({
          connection,
          socket,
          extensions: {
            pipelining: /^250[ -]PIPELINING\b/im.test(greeting),
            size: /^250[ -]SIZE\b/im.test(greeting),
          },
        })
      }
      if (!relay.auth) {
        ready()
        return
      }
      connection.login({ user: relay.auth.user, pass: relay.auth.pass }, (loginError) =>
        loginError ? fail(loginError) : ready(),
      )
    })
  })
}

export function connectionFailure(error?: SMTPError | null): ConnectionFailure {
  const { code, enhancedCode } = parseReply(error?.response ?? '')
  return { reason: connectionReason(error, code), code: code || null, enhancedCode }
}

function connectionReason(error: SMTPError | null | undefined, replyCode: number): ConnectionReason {
  if (error?.code === 'EAUTH') return 'auth_failed'
  if (replyCode === 421) return 'service_unavailable'
  if (replyCode >= 400) return 'session_refused'
  switch (error?.code) {
    case 'EDNS':
      return 'dns_failed'
    case 'ETLS':
      return 'tls_failed'
    case 'EPROTOCOL':
      return 'protocol_error'
    case 'ETIMEDOUT':
      return timeoutReason(error)
    case 'ESOCKET':
      return socketReason(error)
  }
  return 'connection_lost'
}

function timeoutReason(error: SMTPError): ConnectionReason {
  switch (error.timeoutType) {
    case 'CONNECT_TIMEOUT':
      return 'connect_timeout'
    case 'GREETING_TIMEOUT':
      return 'greeting_timeout'
    case 'UPGRADE_TIMEOUT':
      return 'tls_failed'
  }
  return 'reply_timeout'
}

/** `originalCode` is the system's or OpenSSL's: `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `ERR_TLS_CERT_ALTNAME_INVALID`… */
function socketReason(error: SMTPError): ConnectionReason {
  const code = error.originalCode ?? ''
  if (code === 'ECONNREFUSED') return 'connection_refused'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'host_unreachable'
  if (code === 'ETIMEDOUT') return 'connect_timeout'
  if (/CERT|SSL|TLS|ISSUER/.test(code)) return 'tls_failed'
  return 'connection_lost'
}
