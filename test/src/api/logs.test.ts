import { newsletter, verifiedSender } from '../support/audience.ts'
import { expect, operatorToken, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const ada = {
  email: 'adalberta.lovelock@example.com',
  phone: '+33612349876',
  firstName: 'Adalberta',
  lastName: 'Lovelock',
  externalId: 'crm-lovelock-1',
}

test('the log of a whole day holds no address, number, name, password, token or key', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { api } = account
  const secrets = new Set<string>([
    ...Object.values(ada),
    operatorToken,
    account.accessToken,
    account.ownerEmail,
  ])
  const keep = <T extends string>(secret: T) => {
    secrets.add(secret)
    return secret
  }

  // credentials, good and bad
  const { accessToken, refreshToken } = await account.login()
  const renewed = await api.sessions.refresh({ refreshToken: keep(refreshToken) })
  for (const token of [accessToken, renewed.accessToken, renewed.refreshToken]) keep(token)
  const key = keep(await account.key({ role: 'owner' }))
  const call = (path: string, options = {}) => request(server.url + path, { token: key, ...options })
  await call('/v1/account', { token: keep(`${key.slice(0, -1)}0`) })
  await call('/v1/sessions', {
    token: null,
    body: { email: ada.email, password: keep('a-password-nobody-has') },
  })
  await call('/v1/sessions/refresh', {
    token: null,
    body: { refreshToken: keep('envoi_refresh_made-up-by-somebody') },
  })
  await call(`/v1/account?access_token=${key}`)

  // contacts: made, refused, found, in bodies, paths and queries
  const { id } = await api.contacts.create(ada)
  await call('/v1/contacts', {
    body: ada,
    headers: { 'idempotency-key': keep('an-idempotency-key-of-a-shop') },
  })
  await call('/v1/contacts', { body: { ...ada, unknown: ada.email } })
  await call('/v1/contacts', { body: `{"email":"${ada.email}",` })
  await call('/v1/contacts', { body: ada.email, headers: { 'content-type': 'text/plain' } })
  await call(`/v1/contacts?email=${encodeURIComponent(ada.email)}`)
  await call(`/v1/contacts?nonsense=${encodeURIComponent(ada.email)}`)
  await call(`/v1/contacts/by-email/${encodeURIComponent(ada.email)}`, {
    method: 'PUT',
    body: { locale: 'xx-wrong-' },
  })
  await call(`/v1/${ada.email}/${ada.lastName}`)
  await call(`/problems/${ada.email}`)
  await call(`/%zz${ada.email}`)

  // a failure of ours, in the middle of it
  await server.platform.direct.query('alter table list_member rename to list_member_elsewhere')
  expect(
    (await call('/v1/contacts', { body: { ...ada, email: `x${ada.email}` } })).status,
  ).toBeGreaterThanOrEqual(400)
  expect((await call(`/v1/contacts/${id}`)).status).toBe(500)
  await server.platform.direct.query('alter table list_member_elsewhere rename to list_member')

  // an import with good and bad rows
  const { id: importId } = await api.imports.create({
    format: 'csv',
    columns: { Email: 'email', Phone: 'phone', Name: 'lastName' },
    onConflict: 'update',
    origin: { source: 'shop' },
  })
  await api.imports.upload(
    importId,
    `Email,Phone,Name\n${ada.email},${ada.phone},${ada.lastName}\nnot ${ada.email},,${ada.lastName}\n`,
  )
  await drain()

  // a campaign that the mail server has its own words about, read and left
  await api.purposes.create({
    key: 'newsletter',
    name: 'Newsletter',
    description: 'About once a month',
    legalBasis: 'consent',
    eprivacyGround: 'opt_in',
    channels: ['email'],
    retention: 'P3Y',
    policyText: 'I agree',
    policyVersion: '1',
  })
  const evidence = {
    source: 'form',
    collectedAt: '2026-01-01T10:00:00Z',
    text: 'I agree',
    textVersion: '1',
    ip: keep('198.51.100.77'),
  }
  await api.consents.record(id, { purpose: 'newsletter', channel: 'email', state: 'granted', evidence })
  await api.tracking.record(id, { state: 'granted', evidence })
  const list = (await api.lists.create({ name: 'Friends' })).id
  await api.lists.addMembers(list, { emails: [ada.email] })
  const campaign = async () =>
    api.campaigns.create({
      name: 'November',
      channel: 'email',
      purpose: 'newsletter',
      lists: [list],
      sender: await verifiedSender(server, account),
      content: newsletter,
      tracking: { opens: true, clicks: true, mode: 'individual' },
    })
  await api.campaigns.send((await campaign()).id)
  await drain()
  const html = String((await mail.to(ada.email)[0]?.parsed())?.html)
  const links = ['o', 'c', 'p', 'u'].map((kind) => new RegExp(`/${kind}/[\\w.-]+`).exec(html)?.[0] ?? '')
  for (const link of links) {
    expect(link.length).toBeGreaterThan(20)
    keep(link.slice(3))
    await fetch(server.url + link, { redirect: 'manual' })
    await fetch(`${server.url + link}x`, { method: 'POST' })
  }
  mail.misbehave({ to: ada.email }, { at: 'rcpt', reply: `550 5.1.1 <${ada.email}> does not live here` })
  await api.campaigns.send((await campaign()).id)
  await drain()
  await fetch(server.url + (links[3] ?? ''), { method: 'POST' })
  await api.contacts.export(id)
  await api.contacts.delete(id)
  await drain()

  expect(server.logs.length).toBeGreaterThan(50)
  for (const secret of secrets) {
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ]
    for (const form of forms)
      expect(server.logs.filter((line) => line.toLowerCase().includes(form.toLowerCase()))).toEqual([])
  }
}, 60_000)
