/** What accounts write, on a server that all of them share: the one that causes the load is the one that waits for it. */
import { setTimeout as pause } from 'node:timers/promises'
import { longestBlock } from '@envoi/core/testing/processor-time'
import { allPermissions } from '@envoi/openapi'
import { campaignTo } from '../support/audience.ts'
import { startExtraServer } from '../support/extra-server.ts'
import { expect, type TestAccount, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { request } from '../support/request.ts'
import { until } from '../support/until.ts'

const body = (text: string) =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${text} <a href="{{ unsubscribeUrl }}">x</a></mj-text></mj-column></mj-section></mj-body></mjml>`

/** Runs into its limit of time in each part that has it. */
const heavyLiquid =
  '{% assign many = (1..3000) %}{% for i in many %}{% for j in many %}{% endfor %}{% endfor %}'

const median = (of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0

const template = (url: string, { accessToken: token }: TestAccount, content: object, signal?: AbortSignal) =>
  fetch(`${url}/v1/templates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: Math.random().toString(36), channel: 'email', subject: 'x', ...content }),
    signal,
  })

/** How long an account waits for each of some small requests, all of which must be answered. */
async function waits(url: string, { accessToken: token }: TestAccount, times: number): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    const { status } = await request(`${url}/v1/account`, { token })
    expect(status).toBe(200)
    took.push(performance.now() - start)
  }
  return took
}

test('a one-line template does not wait for the heavy ones of another account', {
  timeout: 120_000,
}, async ({ server, account }) => {
  const other = await server.openAccount({ trial: true })
  // threads are started once, for whoever comes first
  await account.api.templates.create({ name: 'first', channel: 'email', subject: 'x', html: '<p>First</p>' })
  const statuses: number[] = []
  let isOver = false
  // a dozen are under way at any time, and each takes its half second by the clock, however fast the machine is
  const heavy = Array.from({ length: 12 }, async () => {
    while (!isOver) statuses.push((await template(server.url, other, { html: heavyLiquid })).status)
  })
  await until('the heavy ones are under way', () => statuses.length > 0)
  const before = statuses.length
  const small = await template(server.url, account, { html: '<p>Small</p>' })
  const meanwhile = statuses.length - before
  isOver = true
  await Promise.all(heavy)
  expect(small.status).toBe(201)
  // first come, first served: it would have waited for at least the seven that were in the queue before it
  expect(meanwhile).toBeLessThan(7)
  // they were worked on, and not refused at once
  expect(new Set(statuses)).toEqual(new Set([422]))
})

test('whoever brings too much at once is told that it is their own load, and nobody else is', {
  timeout: 120_000,
}, async ({ server, account }) => {
  const other = await server.openAccount()
  const leave = new AbortController()
  const many = Array.from({ length: 30 }, () =>
    request(`${server.url}/v1/templates`, {
      token: other.accessToken,
      body: { name: Math.random().toString(36), channel: 'email', subject: 'x', html: heavyLiquid },
    }),
  )
  const ordinary = await template(server.url, account, { html: '<p>Hello</p>' })
  expect(ordinary.status).toBe(201)
  const answers = await Promise.all(many)
  leave.abort()
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(5)
  for (const { body: problem, headers } of refused) {
    expect(problem.code).toBe('rate_limited')
    // by the turns of requests, or by those of content
    expect(problem.detail).toMatch(
      /^(You have as many requests|The content of this account is too much work)/,
    )
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(1)
  }
  // the others had their time, and ran into its limit
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422, 429]))
})

test('what nobody waits for any more is not begun', { timeout: 60_000 }, async ({ server }) => {
  const other = await server.openAccount()
  const leave = new AbortController()
  const left = Array.from({ length: 12 }, () =>
    template(server.url, other, { html: heavyLiquid }, leave.signal).catch(() => undefined),
  )
  await pause(200)
  leave.abort()
  await Promise.all(left)
  const start = performance.now()
  await other.api.templates.create({ name: 'after', channel: 'email', subject: 'x', html: '<p>Hello</p>' })
  // what was under way is waited for: one of twelve that take half a second each
  expect(performance.now() - start).toBeLessThan(3_000)
})

test('what a content does with masked values is found without holding up anybody else', {
  timeout: 120_000,
}, async ({ server, account }) => {
  const hostile = await server.openAccount()
  const api = await hostile.as({ permissions: allPermissions.filter((name) => name !== 'contacts:reveal') })
  // as many outputs as there may be, and as much text, without a space
  const html = `{{ contact.email }}${'x'.repeat(320)}`.repeat(740)
  const { url, close } = await startExtraServer(server.platform)
  const idle = median(await waits(url, account, 15))
  let refused = 0
  let isOver = false
  const authors = Array.from({ length: 3 }, async (_, author) => {
    for (let time = 0; !isOver; time++) {
      const about = { name: `${author} ${time}`, channel: 'email' as const, subject: 'x', html }
      const error: unknown = await api.templates.create(about).catch((error) => error)
      expect(error).toMatchObject({ code: 'permission_missing', errors: [{ pointer: '/html' }] })
      refused += 1
    }
  })
  await until('one of them was refused', () => refused > 0)
  const attacked = median(await waits(url, account, 24))
  isOver = true
  await Promise.all(authors)
  expect(attacked).toBeLessThan(idle * 5 + 100)
  await close()
})

test('a message that takes long to show in a browser holds up nobody but its account', {
  timeout: 120_000,
}, async ({ server, account, mail, drain }) => {
  const hostile = await server.openAccount()
  await hostile.api.fields.create({ key: 'n', label: 'N', type: 'number' })
  const slow =
    '{% assign n = contact.attributes.n %}{% assign many = (1..n) %}{% for i in many %}{% for j in many %}{% endfor %}{% endfor %}'
  const { id, contacts } = await campaignTo(server, hostile, 1, {
    draft: {
      content: {
        subject: 'x',
        html: `${slow}<a href="{{ viewUrl }}">View</a><a href="{{ unsubscribeUrl }}">Stop</a><a href="{{ preferencesUrl }}">More</a>`,
      },
    },
  })
  await hostile.api.campaigns.send(id)
  await drain()
  const [person = { id: '', email: '' }] = contacts
  const html = String((await mail.to(person.email)[0]?.parsed())?.html)
  const link = new URL(/https?:[^"]+\/view\/[\w-]+/.exec(html)?.[0] ?? 'no link')
  expect((await request(link.href)).text).toContain('Stop')
  // quick when it was sent, and slow since
  await hostile.api.contacts.update(person.id, { attributes: { n: 3_000 } })

  const { url, close } = await startExtraServer(server.platform)
  const idle = median(await waits(url, account, 15))
  let isOver = false
  const statuses = new Set<number>()
  const viewers = Array.from({ length: 3 }, async () => {
    while (!isOver) statuses.add((await request(url + link.pathname)).status)
  })
  await until('a view was refused', () => statuses.size > 0)
  const attacked = median(await waits(url, account, 24))
  isOver = true
  await Promise.all(viewers)
  // it was shown to nobody, and everybody else was answered about as fast as before
  expect([...statuses].every((status) => status === 503 || status === 429)).toBe(true)
  expect(attacked).toBeLessThan(idle * 5 + 100)
  await close()
})

test('a campaign that takes long to render does not hold up the process that sends it, nor other campaigns', {
  timeout: 120_000,
}, async ({ server, account, mail, drain }) => {
  const hostile = await server.openAccount()
  const slowForAll = {
    subject: 'Slow',
    html: `{% if contact.firstName %}${heavyLiquid}{% endif %}<a href="{{ unsubscribeUrl }}">Stop</a>`,
  }
  const slow = await campaignTo(server, hostile, 4, { draft: { content: slowForAll } })
  const plain = await campaignTo(server, account, 3)
  await hostile.api.campaigns.send(slow.id)
  await account.api.campaigns.send(plain.id)
  const longest = await longestBlock(drain)
  // each of the four takes half a second, which nobody but its thread is kept for
  expect(longest).toBeLessThan(400)
  for (const { email } of plain.contacts) expect(mail.to(email)).toHaveLength(1)
  expect(await hostile.api.campaigns.messages(slow.id)).toMatchObject({
    data: Array(4).fill({ state: 'deferred', reason: 'render_timeout' }),
  })
})

test('a server ends its threads when it closes, and starts others when they are needed again', async ({
  server,
  account,
}) => {
  const { id } = await account.api.templates.create({
    name: 'One',
    channel: 'email',
    subject: 'x',
    mjml: body('one'),
  })
  expect(await refusal(account.api.templates.update(id, { mjml: '<mjml>' }))).toMatchObject({
    code: 'invalid',
  })
  await server.platform.contents.close()
  let started = 0
  const count = () => started++
  process.on('worker', count)
  try {
    expect((await account.api.templates.render(id, {})).html).toContain('one')
    expect((await account.api.templates.render(id, {})).html).toContain('one')
    expect(started).toBe(1)
  } finally {
    process.off('worker', count)
  }
})
