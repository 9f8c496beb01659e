import { SmtpPool } from '@envoi/core/mail/smtp-pool'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'

/** Another implementation of SMTP than the one of our test server, for what that one does not speak: TLS and AUTH. */
const ENVELOPE = { from: 'bounce@shop.example', to: 'ada@example.com' }
const RAW = Buffer.from('Subject: test\r\n\r\n.hello\r\n')
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Accepts `user` with `secret`; a certificate that nobody vouches for. */
async function listen(options: SMTPServerOptions) {
  const received: { raw: string; secure: boolean; user: string | undefined }[] = []
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    onAuth: ({ username, password }, _session, callback) => {
      if (username === 'user' && password === 'secret:/@') callback(null, { user: username })
      else callback(new Error('Bad credentials of user@example.com'))
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({
          raw: Buffer.concat(chunks).toString(),
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
        })
        callback()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(() => resolve())))
  const address = server.server.address()
  return { received, port: typeof address === 'object' && address ? address.port : 0 }
}

function pool(url: string): SmtpPool {
  const made = new SmtpPool({ url })
  closers.push(() => made.close(0))
  return made
}

test('a relay is spoken to over STARTTLS, logged in, when it offers both', async () => {
  const { port, received } = await listen({ allowInsecureAuth: false })
  const sender = pool(`smtp://user:secret%3A%2F%40@127.0.0.1:${port}?verify=no`)
  expect(await sender.send(ENVELOPE, RAW)).toMatchObject({ kind: 'sent' })
  expect(await sender.send(ENVELOPE, RAW)).toMatchObject({ kind: 'sent' })
  expect(received).toEqual(Array(2).fill({ raw: RAW.toString(), secure: true, user: 'user' }))
})

test('a relay is spoken to over TLS from the first byte with smtps, large messages too', async () => {
  const { port, received } = await listen({ secure: true })
  const large = Buffer.from(`Subject: test\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(20_000)}`)
  expect(await pool(`smtps://127.0.0.1:${port}?verify=no`).send(ENVELOPE, large)).toMatchObject({
    kind: 'sent',
  })
  expect(received[0]?.raw === large.toString()).toBe(true)
  expect(received[0]?.secure).toBe(true)
})

test('a certificate nobody vouches for is refused, and the message waits', async () => {
  const implicit = await listen({ secure: true })
  const upgraded = await listen({})
  for (const url of [`smtps://127.0.0.1:${implicit.port}`, `smtp://127.0.0.1:${upgraded.port}`]) {
    expect(await pool(url).send(ENVELOPE, RAW)).toMatchObject({ kind: 'deferred', reason: 'tls_failed' })
  }
  expect([...implicit.received, ...upgraded.received]).toEqual([])
})

test('nothing leaves in the clear when STARTTLS is demanded and not to be had', async () => {
  const { port, received } = await listen({ disabledCommands: ['STARTTLS'] })
  const outcome = await pool(`smtp://127.0.0.1:${port}?starttls=always`).send(ENVELOPE, RAW)
  expect(outcome).toMatchObject({ kind: 'deferred' })
  expect(received).toEqual([])
})

test('STARTTLS is left alone when the URL says never', async () => {
  const { port, received } = await listen({})
  expect(await pool(`smtp://127.0.0.1:${port}?starttls=never`).send(ENVELOPE, RAW)).toMatchObject({
    kind: 'sent',
  })
  expect(received).toMatchObject([{ secure: false }])
})

test('wrong credentials defer the message, with codes and without the words of the server', async () => {
  const { port } = await listen({})
  const outcome = await pool(`smtp://user:wrong@127.0.0.1:${port}?verify=no`).send(ENVELOPE, RAW)
  expect(outcome).toEqual({ kind: 'deferred', code: 535, enhancedCode: null, reason: 'auth_failed' })
})

test('a server that wants a login first defers the message instead of failing it', async () => {
  const { port } = await listen({ authOptional: false })
  const outcome = await pool(`smtp://127.0.0.1:${port}?verify=no`).send(ENVELOPE, RAW)
  expect(outcome).toMatchObject({ kind: 'deferred', code: 530, reason: 'session_refused' })
})
