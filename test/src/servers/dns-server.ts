/**
 * A name server for tests: real DNS (RFC 1035) over UDP on a free loopback port. It answers with the TXT records it was given,
 * and says of every other name that it does not exist.
 *
 *     const dns = await startDnsServer()
 *     dns.publish('example.com', 'v=spf1 mx ~all')
 *     … DNS_SERVERS=dns.address …
 *     dns.mode = 'silent'
 *     await dns.close()
 */
import { createSocket } from 'node:dgram'
import { AUTHORITATIVE_ANSWER, decode, encode } from 'dns-packet'

export interface DnsServer {
  /** `127.0.0.1:port`, as `DNS_SERVERS` wants it. */
  address: string
  /** `silent`: it takes questions and never answers; `broken`: it answers SERVFAIL. */
  mode: 'answers' | 'silent' | 'broken'
  /** Replaces the TXT record of a name. */
  publish(name: string, text: string): void
  withdraw(name: string): void
  close(): Promise<void>
}

/** Response codes (RFC 1035, section 4.1.1), in the low bits of the flags. */
const SERVFAIL = 2
const NXDOMAIN = 3
/** Of one string of a TXT record. */
const LONGEST = 255

export async function startDnsServer(): Promise<DnsServer> {
  const texts = new Map<string, string>()
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const server: DnsServer = {
    address: `127.0.0.1:${socket.address().port}`,
    mode: 'answers',
    publish: (name, text) => void texts.set(name.toLowerCase(), text),
    withdraw: (name) => void texts.delete(name.toLowerCase()),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
  socket.on('message', (packet, { port, address }) => {
    if (server.mode === 'silent') return
    const { id, questions = [] } = decode(packet)
    const [question] = questions
    const text = question?.type === 'TXT' ? texts.get(question.name.toLowerCase()) : undefined
    const code = server.mode === 'broken' ? SERVFAIL : text === undefined ? NXDOMAIN : 0
    const answers =
      question === undefined || text === undefined || code !== 0
        ? []
        : [{ type: 'TXT' as const, name: question.name, ttl: 0, data: stringsOf(text) }]
    const answer = encode({ type: 'response', id, flags: AUTHORITATIVE_ANSWER | code, questions, answers })
    socket.send(answer, port, address)
  })
  return server
}

function stringsOf(text: string): string[] {
  const strings: string[] = []
  for (let at = 0; at < text.length; at += LONGEST) strings.push(text.slice(at, at + LONGEST))
  return strings
}
