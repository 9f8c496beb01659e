/** Text that is not UTF-8 is refused: stored, it would be something that nobody has sent. */
import { describe, expect, operatorToken, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part))),
  )

const notUtf8 = {
  'Latin-1': [0x48, 0xe9, 0x6c],
  'an overlong form': [0xc0, 0xaf],
  'half of a surrogate pair, as in CESU-8': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  'a character that breaks off': [0xe2, 0x82],
  'a character beyond Unicode': [0xf4, 0x90, 0x80, 0x80],
}

describe.each(Object.entries(notUtf8))('%s', (_name, wrong) => {
  test('in a body is refused at its field, and nothing is stored', async ({ server, account }) => {
    const email = `zoe-${server.platform.newId()}@example.com`
    const body = bytes(`{"email":"${email}","firstName":"`, wrong, `","lastName":"Zoë"}`)
    const create = (sent: Uint8Array) =>
      request(`${server.url}/v1/contacts`, { token: account.accessToken, body: sent })
    const answer = await create(body)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: 'malformed', errors: [{ pointer: '/firstName' }] })
    const { data } = await account.api.contacts.list({ email })
    expect(data).toEqual([])
  })

  test('in a merge patch, and in the name of a member, is refused', async ({ server, account }) => {
    const { id } = await account.api.contacts.create({ email: `zoe-${server.platform.newId()}@example.com` })
    const patch = (body: Uint8Array) =>
      request(`${server.url}/v1/contacts/${id}`, {
        method: 'PATCH',
        token: account.accessToken,
        headers: { 'content-type': 'application/merge-patch+json' },
        body,
      })
    for (const body of [bytes('{"firstName":"', wrong, '"}'), bytes('{"attributes":{"', wrong, '":1}}')])
      expect([(await patch(body)).status, (await account.api.contacts.get(id)).firstName]).toEqual([
        400,
        null,
      ])
  })

  test('percent-encoded in a URL is refused, also in a path', async ({ server, account }) => {
    const encoded = wrong.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    const ask = (path: string, options: object = {}) =>
      request(`${server.url}${path}`, { token: account.accessToken, ...options })
    expect((await ask(`/v1/contacts?email=${encoded}`)).body).toMatchObject({
      status: 400,
      code: 'malformed',
    })
    const put = { method: 'PUT', body: { firstName: 'Zoë' } }
    expect((await ask(`/v1/contacts/by-external-id/${encoded}`, put)).status).toBe(400)
  })

  test('in a form is refused', async ({ server }) => {
    const encoded = wrong.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const value of [wrong, encoded]) {
      const form = bytes('grant_type=client_credentials&client_secret=x&client_id=', value)
      const { status, body } = await request(`${server.url}/v1/oauth/token`, { headers, body: form })
      expect([status, body.error]).toEqual([400, 'invalid_request'])
    }
  })
})

test('bytes of a URL that are not percent-encoded are refused, not taken for Latin-1', async ({
  server,
  account,
}) => {
  const { connect } = await import('node:net')
  const { hostname, port } = new URL(server.url)
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `PUT /v1/contacts/by-external-id/é HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${account.accessToken}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
      ),
    )
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
})

test('a body that says it is in another encoding is 415, and UTF-8 by any of its names is taken', async ({
  server,
}) => {
  const send = (charset: string) =>
    request(`${server.url}/v1/operator/accounts`, {
      token: operatorToken,
      headers: { 'content-type': `application/json${charset}` },
      body: '{}',
    })
  for (const charset of [
    '; charset=iso-8859-1',
    ';charset="utf-16"',
    '; CHARSET=windows-1252',
    ';   charset=utf-16',
    ';\tcharset = utf-16',
    '; charset=utf-8; charset=utf-16',
    '; version=1; charset=" latin1 "',
  ])
    expect((await send(charset)).body).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  for (const charset of ['', '; charset=utf-8', ';charset="UTF-8"'])
    expect((await send(charset)).status).not.toBe(415)
})

test('a mark of UTF-8 at the beginning of a body is passed over (RFC 8259, section 8.1)', async ({
  server,
  account,
}) => {
  const name = `Marked ${server.platform.newId()}`
  const answer = await request(`${server.url}/v1/lists`, {
    token: account.accessToken,
    body: bytes([0xef, 0xbb, 0xbf], JSON.stringify({ name })),
  })
  expect(answer.body).toMatchObject({ name })
})
