import { createServer } from 'node:net'
import type { Outcome } from '@envoi/core/mail/outcome'
import { SmtpPool, type SmtpPoolOptions } from '@envoi/core/mail/smtp-pool'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MailServer, startMailServer } from '../servers/smtp-server.ts'

const ADA = { from: 'bounce@shop.example', to: 'ada@example.com' }
const SMALL = message(1_000)
/** More than the buffers of both ends of a loopback connection hold, so that it leaves only if the server reads. */
const LARGE = message(24_000_000)
/** A busy machine is not a slow server: only the timeout that a test is about is short. */
const PATIENT = {
  connect: 20_000,
  greeting: 20_000,
  command: 20_000,
  transfer: 20_000,
  final: 20_000,
  idle: 20_000,
}

let server: MailServer
const pools: SmtpPool[] = []

beforeEach(async () => {
  server = await startMailServer()
})
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)))
  await server.close()
})

function pool({ timeouts, ...options }: Partial<SmtpPoolOptions> = {}): SmtpPool {
  const made = new SmtpPool({ url: server.url, timeouts: { ...PATIENT, ...timeouts }, ...options })
  pools.push(made)
  return made
}

describe('a message is sent', () => {
  test('when the server says so, byte for byte', async () => {
    const raw = Buffer.from('Subject: dots\r\n\r\n.\r\n..a\r\nb\r\n')
    expect(await pool().send(ADA, raw)).toEqual({ kind: 'sent', code: 250, enhancedCode: '2.0.0' })
    expect(server.received).toHaveLength(1)
    expect(server.received[0]).toMatchObject({ from: ADA.from, to: [ADA.to] })
    expect(server.received[0]?.raw.equals(raw)).toBe(true)
  })

  test('when it is large, or the server has no pipelining', async () => {
    await server.close()
    server = await startMailServer({ pipelining: false })
    const sender = pool()
    const raw = message(1_000_000)
    expect((await sender.send(ADA, raw)).kind).toBe('sent')
    expect((await sender.send(ADA, SMALL)).kind).toBe('sent')
    expect(server.received[0]?.raw.equals(raw)).toBe(true)
    expect(server.connections.total).toBe(1)
  })

  test('also by a slow server', async () => {
    server.misbehave({}, { at: 'end', delayMs: 100 })
    server.misbehave({}, { at: 'rcpt', delayMs: 50 })
    expect((await pool().send(ADA, SMALL)).kind).toBe('sent')
  })
})

describe('a message is deferred', () => {
  const cases: [string, Parameters<MailServer['misbehave']>[1], Partial<Outcome>][] = [
    [
      '421 to MAIL',
      { at: 'mail', reply: '421 4.3.2 Closing', close: true },
      { code: 421, reason: 'service_unavailable' },
    ],
    [
      '421 as the greeting',
      { at: 'greeting', reply: '421 4.7.0 Busy', close: true },
      { code: 421, reason: 'service_unavailable' },
    ],
    [
      '554 as the greeting',
      { at: 'greeting', reply: '554 No', close: true },
      { code: 554, reason: 'session_refused' },
    ],
    [
      '450 to RCPT',
      { at: 'rcpt', reply: '450 4.2.0 Later' },
      { code: 450, enhancedCode: '4.2.0', reason: 'temporarily_refused' },
    ],
    ['451 to DATA', { at: 'data', reply: '451 4.3.0 Later' }, { code: 451, reason: 'system_deferred' }],
    [
      '452 to the final dot',
      { at: 'end', reply: '452 4.3.1 Full' },
      { code: 452, reason: 'system_deferred' },
    ],
    [
      '421 to the final dot',
      { at: 'end', reply: '421 4.3.0 Bye', close: true },
      { code: 421, reason: 'service_unavailable' },
    ],
    [
      'a greeting that does not come',
      { at: 'greeting', hang: true },
      { code: null, reason: 'greeting_timeout' },
    ],
    ['EHLO without an answer', { at: 'ehlo', hang: true }, { code: null, reason: 'reply_timeout' }],
    ['MAIL without an answer', { at: 'mail', hang: true }, { code: null, reason: 'reply_timeout' }],
    ['RCPT without an answer', { at: 'rcpt', hang: true }, { code: null, reason: 'reply_timeout' }],
    ['DATA without an answer', { at: 'data', hang: true }, { code: null, reason: 'reply_timeout' }],
    [
      'a connection closed at the greeting',
      { at: 'greeting', close: true },
      { code: null, reason: 'connection_lost' },
    ],
    ['a connection closed at MAIL', { at: 'mail', close: true }, { code: null, reason: 'connection_lost' }],
    ['a connection closed at DATA', { at: 'data', close: true }, { code: null, reason: 'connection_lost' }],
    [
      'an answer to RCPT that is none',
      { at: 'data', reply: '250 What?' },
      { code: 250, reason: 'protocol_error' },
    ],
  ]
  test.each(cases)('by %s, and the next one goes through', async (_, how, expected) => {
    server.misbehave({ times: 1 }, how)
    const sender = pool(how.hang === true ? { timeouts: { greeting: 500, command: 1_000 } } : {})
    expect(await sender.send(ADA, SMALL)).toMatchObject({ kind: 'deferred', ...expected })
    expect(server.received).toEqual([])
    expect((await sender.send(ADA, SMALL)).kind).toBe('sent')
  })

  test('when nobody listens', async () => {
    await server.close()
    expect(await pool().send(ADA, SMALL)).toMatchObject({
      kind: 'deferred',
      reason: 'connection_refused',
      code: null,
    })
  })

  test('with all that wait, when nobody listens', async () => {
    await server.close()
    const sender = pool({ maxConnections: 2 })
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => sender.send(ADA, SMALL)))
    expect(new Set(outcomes.map(summary))).toEqual(new Set(['deferred connection_refused']))
  })
})

describe('a message has failed', () => {
  const cases: [string, Parameters<MailServer['misbehave']>[1], Partial<Outcome>][] = [
    [
      '550 5.1.1 to RCPT',
      { at: 'rcpt', reply: '550 5.1.1 Unknown' },
      { bounce: 'hard', reason: 'mailbox_unknown' },
    ],
    [
      '550 5.7.1 to RCPT',
      { at: 'rcpt', reply: '550 5.7.1 Blocked' },
      { bounce: 'policy', reason: 'policy_rejected' },
    ],
    ['550 to MAIL', { at: 'mail', reply: '550 No' }, { bounce: 'other', reason: 'sender_rejected' }],
    ['554 to DATA', { at: 'data', reply: '554 No' }, { bounce: 'other', reason: 'message_rejected' }],
    [
      '550 5.7.1 to the final dot',
      { at: 'end', reply: '550 5.7.1 Spam' },
      { bounce: 'policy', reason: 'policy_rejected' },
    ],
    [
      '550-5.1.1 on several lines',
      { at: 'rcpt', reply: '550-5.1.1 Unknown\r\n550 5.1.1 See' },
      { bounce: 'hard', reason: 'mailbox_unknown' },
    ],
  ]
  test.each(cases)('by %s, and the next one uses the same connection', async (_, how, expected) => {
    server.misbehave({ times: 1 }, how)
    const sender = pool({ maxConnections: 1 })
    const outcome = await sender.send(ADA, SMALL)
    expect(outcome).toMatchObject({ kind: 'failed', ...expected })
    expect(JSON.stringify(outcome)).not.toMatch(/Unknown|Blocked|Spam|ada@/)
    expect((await sender.send(ADA, SMALL)).kind).toBe('sent')
    expect(server.connections.total).toBe(1)
  })

  test('for one recipient and not for the others', async () => {
    server.misbehave({ to: ADA.to }, { at: 'rcpt', reply: '550 5.1.1 Unknown' })
    const sender = pool()
    const others = ['bob@example.com', 'eve@example.com']
    const outcomes = await Promise.all([ADA.to, ...others].map((to) => sender.send({ ...ADA, to }, SMALL)))
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['failed', 'sent', 'sent'])
    expect(server.received.flatMap((mail) => mail.to).sort()).toEqual(others)
  })

  test('by the answer already given when the connection is lost before the rest', async () => {
    server.misbehave({ times: 1 }, { at: 'rcpt', reply: '550 5.1.1 Unknown', close: true })
    expect(await pool().send(ADA, SMALL)).toMatchObject({ kind: 'failed', reason: 'mailbox_unknown' })
  })
})

describe('the final dot decides', () => {
  test('closed after it, before the answer: unknown, and never sent again', async () => {
    server.misbehave({ times: 1 }, { at: 'end', close: true, keep: true })
    const outcome = await pool().send(ADA, SMALL)
    expect(outcome).toEqual({
      kind: 'unknown',
      code: null,
      enhancedCode: null,
      reason: 'connection_lost_after_data',
    })
    expect(server.received).toHaveLength(1)
    expect(server.connections.total).toBe(1)
  })

  test('no answer after it: unknown', async () => {
    server.misbehave({ times: 1 }, { at: 'end', hang: true, keep: true })
    expect(await pool({ timeouts: { final: 500 } }).send(ADA, SMALL)).toMatchObject({
      kind: 'unknown',
      reason: 'reply_timeout_after_data',
    })
    expect(server.received).toHaveLength(1)
  })

  test('an answer after it that is none: unknown', async () => {
    server.misbehave({ times: 1 }, { at: 'end', reply: 'whatever', keep: true })
    expect(await pool().send(ADA, SMALL)).toMatchObject({
      kind: 'unknown',
      reason: 'protocol_error_after_data',
    })
  })

  test('a crash of the server after it: unknown', async () => {
    server.misbehave({ times: 1 }, { at: 'end', hang: true })
    const sending = pool().send(ADA, SMALL)
    await server.waitForPhase('end')
    server.dropConnections()
    expect(await sending).toMatchObject({ kind: 'unknown', reason: 'connection_lost_after_data' })
  })

  test('a server that stops reading in the middle of the body: deferred, for the dot has not left', async () => {
    server.misbehave({ times: 1 }, { at: 'body', hang: true })
    const sender = pool({ timeouts: { transfer: 500 } })
    expect(await sender.send(ADA, LARGE)).toMatchObject({ kind: 'deferred', reason: 'transfer_timeout' })
    expect(server.received).toEqual([])
  })

  test('a connection lost in the middle of the body: deferred, for the dot has not left', async () => {
    server.misbehave({ times: 1 }, { at: 'body', hang: true })
    const sending = pool().send(ADA, LARGE)
    await server.waitForPhase('body')
    server.dropConnections()
    expect(await sending).toMatchObject({ kind: 'deferred', reason: 'connection_lost' })
    expect(server.received).toEqual([])
  })

  test('a refusal in the middle of the body counts: the server has given up on it', async () => {
    server.misbehave({ times: 1 }, { at: 'body', reply: '552 5.3.4 Too large', close: true })
    expect(await pool().send(ADA, LARGE)).toMatchObject({ kind: 'failed', reason: 'message_too_large' })
  })

  test('whatever is left of a message is never followed by a dot: what the server gets of it is no message', async () => {
    server.misbehave({ times: 1 }, { at: 'body', delayMs: 2_000 })
    const sender = pool({ timeouts: { transfer: 500 } })
    expect(await sender.send(ADA, LARGE)).toMatchObject({ kind: 'deferred', reason: 'transfer_timeout' })
    expect((await sender.send(ADA, SMALL)).kind).toBe('sent')
    expect(server.received).toHaveLength(1)
  })
})

describe('connections', () => {
  test('are reused, and never more than allowed', async () => {
    const sender = pool({ maxConnections: 3 })
    let peak = 0
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const outcome = await sender.send(ADA, SMALL)
        peak = Math.max(peak, server.connections.open)
        return outcome
      }),
    )
    expect(outcomes.every((outcome) => outcome.kind === 'sent')).toBe(true)
    expect(server.received).toHaveLength(200)
    expect(server.connections.total).toBe(3)
    expect(peak).toBe(3)
  })

  test('are replaced after so many messages', async () => {
    const sender = pool({ maxConnections: 1, maxMessagesPerConnection: 10 })
    for (let count = 0; count < 25; count++) expect((await sender.send(ADA, SMALL)).kind).toBe('sent')
    expect(server.connections.total).toBe(3)
  })

  test('that the server closed while they lay idle cost no message', async () => {
    const sender = pool()
    await sender.send(ADA, SMALL)
    server.dropConnections()
    expect((await sender.send(ADA, SMALL)).kind).toBe('sent')
    server.misbehave({ nth: 3 }, { at: 'mail', close: true })
    expect((await sender.send(ADA, SMALL)).kind).toBe('sent')
    expect(server.received).toHaveLength(3)
  })

  test('refused beyond what the server allows leave the work to those that were accepted', async () => {
    for (let nth = 3; nth < 60; nth++)
      server.misbehave({ nth }, { at: 'greeting', reply: '421 Too many', close: true })
    const sender = pool({ maxConnections: 10 })
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => sender.send(ADA, SMALL)))
    expect(new Set(outcomes.map(summary))).toEqual(new Set(['sent']))
  })

  test('are closed when idle for long', async () => {
    const sender = pool({ timeouts: { idle: 50 } })
    await sender.send(ADA, SMALL)
    await expect.poll(() => sender.connections).toBe(0)
    expect((await sender.send(ADA, SMALL)).kind).toBe('sent')
  })
})

describe('closing', () => {
  test('hands over what was accepted, refuses the rest, and leaves no connection', async () => {
    const sender = pool({ maxConnections: 2 })
    const sending = Array.from({ length: 20 }, () => sender.send(ADA, SMALL))
    const closing = sender.close()
    expect(await sender.send(ADA, SMALL)).toMatchObject({ kind: 'deferred', reason: 'pool_closed' })
    await closing
    expect((await Promise.all(sending)).every((outcome) => outcome.kind === 'sent')).toBe(true)
    expect(server.received).toHaveLength(20)
    await expect.poll(() => server.connections.open).toBe(0)
  })

  test('waits no longer than told, and says truly what became of each message', async () => {
    server.misbehave({ nth: 1 }, { at: 'end', hang: true })
    const sender = pool({ maxConnections: 1, timeouts: { final: 60_000 } })
    const sending = [sender.send(ADA, SMALL), sender.send(ADA, SMALL)]
    await server.waitForPhase('end')
    await sender.close(10)
    expect((await Promise.all(sending)).map(summary)).toEqual([
      'unknown connection_lost_after_data',
      'deferred pool_closed',
    ])
  })
})

describe('an envelope', () => {
  test.each([
    'a@b.example>\r\nRCPT TO:<eve@example.com',
    'a@b.example\n',
    'a>@b.example',
    'é@b.example',
    'a@b\u0000.example',
    '',
  ])('with the recipient %j is refused before it reaches the server', async (to) => {
    await expect(pool().send({ ...ADA, to }, SMALL)).rejects.toMatchObject({ code: 'address_invalid' })
    expect(server.connections.total).toBe(0)
  })
})

test('a server that sends rubbish does no harm', async () => {
  const rubbish = createServer((socket) =>
    socket.on('error', () => {}).write('220 x\r\n250 y\r\n999\r\n\r\n\u0000\r\n'),
  )
  await new Promise<void>((resolve) => rubbish.listen(0, '127.0.0.1', resolve))
  const address = rubbish.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const outcome = await pool({ url: `smtp://127.0.0.1:${port}` }).send(ADA, SMALL)
  expect(outcome.kind).toBe('deferred')
  rubbish.close()
})

function summary(outcome: Outcome): string {
  return 'reason' in outcome ? `${outcome.kind} ${outcome.reason}` : outcome.kind
}

function message(size: number): Buffer {
  const line = `${'x'.repeat(74)}\r\n`
  return Buffer.from(`Subject: test\r\n\r\n${line.repeat(Math.ceil(size / line.length))}`)
}
