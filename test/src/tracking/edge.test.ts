import { createClickUrls } from '@envoi/core/tracking/click-urls'
import { signOpen } from '@envoi/core/tracking/token'
import { tokenKeysOf } from '@envoi/core/tracking/token-keys'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'

const target = 'https://shop.example/boots?size=38'
const browser = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'accept-language': 'fr',
}

/** A contact who got a message a minute ago, and the URLs in it. */
async function recipientOf(
  server: TestServer,
  account: TestAccount,
  tracking: 'granted' | 'refused' | 'unknown' = 'granted',
) {
  const { db, newId, keys, clock } = server.platform
  const scope = { accountId: account.id }
  const now = clock.now()
  const { id: contactId } = await db.contact.create({
    data: {
      ...scope,
      id: newId(),
      email: `${newId()}@example.com`,
      originSource: 'test',
      tracking,
      createdAt: now,
      updatedAt: now,
    },
  })
  const sentAt = new Date(now.getTime() - 60_000)
  const { id: messageId } = await db.message.create({
    data: {
      ...scope,
      id: newId(),
      contactId,
      channel: 'email',
      state: 'sent',
      nextAttemptAt: sentAt,
      sentAt,
      stateAt: sentAt,
    },
  })
  const tokens = tokenKeysOf(keys)
  const urls = createClickUrls(tokens, { publicUrl: server.url, accountId: account.id, campaignId: null })
  const recipient = { messageId, contactId }
  return {
    contactId,
    click: (link = 0) => urls.individual(recipient)(link, target),
    aggregateClick: urls.aggregate(0, target),
    open: `${server.url}/o/${signOpen(tokens, { accountId: account.id, campaignId: null, recipient })}.gif`,
    events: () => db.event.findMany({ where: scope, orderBy: { id: 'asc' } }),
    inbox: () => db.eventInbox.findMany({ where: scope }),
    /** Drains until everything the edge has recorded was judged: the edge asks for that a moment after its answer. */
    judged: (drain: () => Promise<void>) =>
      until('the inbox is empty', async () => {
        await drain()
        return (await db.eventInbox.count({ where: scope })) === 0
      }),
    contact: () => db.contact.findUniqueOrThrow({ where: { accountId_id: { ...scope, id: contactId } } }),
  }
}

const visit = (url: string, headers: Record<string, string> = browser, method = 'GET') =>
  fetch(url, { redirect: 'manual', headers, method })

test('a click of somebody who allows it redirects, and counts for the person', async ({
  server,
  account,
  drain,
}) => {
  const ada = await recipientOf(server, account)
  const answer = await visit(ada.click(3))
  expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([
    302,
    target,
    'no-store, private',
  ])
  expect(await ada.inbox()).toHaveLength(1)

  server.platform.clock.advance(3_000)
  await ada.judged(drain)
  expect(await ada.events()).toMatchObject([
    { type: 'message.clicked', contactId: ada.contactId, link: 3, source: 'human', reasons: [] },
  ])
  const contact = await ada.contact()
  expect(contact.lastClickedAt).not.toBeNull()
  expect(contact.lastEngagedAt).toEqual(contact.lastClickedAt)
})

test('an open is a pixel; it counts, but is no engagement of the person', async ({
  server,
  account,
  drain,
}) => {
  const ada = await recipientOf(server, account)
  const answer = await visit(ada.open)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif'])
  // or a browser would keep webmail, whose origin is another, from showing it (Fetch standard, section 3.8)
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  server.platform.clock.advance(3_000)
  await ada.judged(drain)
  expect(await ada.events()).toMatchObject([{ type: 'message.opened', source: 'human' }])
  expect(await ada.contact()).toMatchObject({ lastOpenedAt: expect.any(Date), lastEngagedAt: null })
})

for (const tracking of ['refused', 'unknown'] as const) {
  test(`links of mail already sent record nothing once consent is ${tracking}; the click still redirects`, async ({
    server,
    account,
    drain,
  }) => {
    const ada = await recipientOf(server, account, tracking)
    expect((await visit(ada.click())).headers.get('location')).toBe(target)
    expect((await visit(ada.open)).status).toBe(200)
    expect(await ada.inbox()).toEqual([])
    await ada.judged(drain)
    expect(await ada.events()).toEqual([])
  })
}

test('an event that was waiting when its person withdrew is dropped', async ({ server, account, drain }) => {
  const ada = await recipientOf(server, account)
  await visit(ada.open)
  await server.platform.db.contact.updateMany({
    where: { accountId: account.id },
    data: { tracking: 'withdrawn' },
  })
  await ada.judged(drain)
  expect([await ada.events(), await ada.inbox()]).toEqual([[], []])
})

const objectToProfiling = (account: TestAccount, contactId: string) =>
  account.api.objections.create(contactId, {
    kind: 'profiling',
    evidence: { source: 'letter', collectedAt: new Date().toISOString() },
  })

test('after an objection to profiling, links of mail already sent are counted without saying whose they are', async ({
  server,
  account,
  drain,
}) => {
  const ada = await recipientOf(server, account)
  await visit(ada.open)
  await objectToProfiling(account, ada.contactId)
  await visit(ada.click(3))
  server.platform.clock.advance(3_000)
  await ada.judged(drain)
  const nobody = { contactId: null, messageId: null }
  expect(await ada.events()).toMatchObject([
    { ...nobody, type: 'message.opened' },
    { ...nobody, type: 'message.clicked', link: 3 },
  ])
  expect(await ada.contact()).toMatchObject({
    lastOpenedAt: null,
    lastClickedAt: null,
    lastEngagedAt: null,
  })
})

test('of a contact whose processing is restricted, links of mail already sent record nothing', async ({
  server,
  account,
  drain,
}) => {
  const ada = await recipientOf(server, account)
  await visit(ada.open)
  const receivedAt = new Date().toISOString()
  await account.api.restriction.create(ada.contactId, {
    reason: 'legal_claims',
    source: 'letter',
    receivedAt,
  })
  expect((await visit(ada.click())).headers.get('location')).toBe(target)
  server.platform.clock.advance(3_000)
  await ada.judged(drain)
  expect(await ada.events()).toEqual([])
  expect(await ada.contact()).toMatchObject({ lastOpenedAt: null, lastClickedAt: null })
})

for (const [header, value] of [
  ['dnt', '1'],
  ['sec-gpc', '1'],
  // as two lines of a request become
  ['dnt', '1, 1'],
  ['sec-gpc', '1, 1'],
  ['sec-gpc', '?1'],
  ['dnt', '1;x'],
  ['dnt', `0${', 0'.repeat(1_000)}, 1`],
] as const) {
  test(`${header}: ${value.slice(0, 10)} (${value.length}) leaves no identifier and no event, not even an aggregate one`, async ({
    server,
    account,
  }) => {
    const ada = await recipientOf(server, account)
    for (const url of [ada.click(), ada.open, ada.aggregateClick]) {
      const answer = await visit(url, { ...browser, [header]: value })
      expect(answer.status).toBeLessThan(400)
      expect(answer.headers.has('set-cookie')).toBe(false)
    }
    expect(await ada.inbox()).toEqual([])
  })
}

test('an aggregate click counts, and says nothing of whose it was', async ({ server, account, drain }) => {
  const ada = await recipientOf(server, account)
  await visit(ada.aggregateClick)
  await ada.judged(drain)
  expect(await ada.events()).toMatchObject([{ type: 'message.clicked', contactId: null, messageId: null }])
})

test('machines are told apart, with the reasons', async ({ server, account, drain }) => {
  const ada = await recipientOf(server, account)
  await visit(ada.click(), browser, 'HEAD')
  await visit(ada.click(), { 'user-agent': 'Barracuda Sentinel', 'accept-language': 'en' })
  server.platform.clock.advance(10_000)
  await ada.judged(drain)
  const events = await ada.events()
  expect(events.map(({ source, reasons }) => [source, ...reasons])).toEqual([
    ['machine', 'head_request'],
    ['machine', 'security_scanner'],
  ])
  expect((await ada.contact()).lastClickedAt).toBeNull()
})

test('whoever follows every link at once is a machine', async ({ server, account, drain }) => {
  const ada = await recipientOf(server, account)
  server.platform.clock.stopAt(new Date())
  for (const link of [0, 1, 2]) await visit(ada.click(link))
  server.platform.clock.advance(3_000)
  await ada.judged(drain)
  expect((await ada.events()).map(({ source, reasons }) => [source, ...reasons])).toEqual(
    Array(3).fill(['machine', 'burst']),
  )
})

test('neither the address nor the user agent is kept, nor logged', async ({ server, account, drain }) => {
  const ada = await recipientOf(server, account)
  await visit(ada.open, { ...browser, 'user-agent': 'CanaryBrowser/7' })
  const rows = JSON.stringify(await ada.inbox())
  await ada.judged(drain)
  expect(rows + JSON.stringify(await ada.events()) + server.logs.join('\n')).not.toMatch(
    /CanaryBrowser|127\.0\.0\.1"/,
  )
})

test('a link that is not ours, altered, or of another kind is nothing', async ({ server, account }) => {
  const ada = await recipientOf(server, account)
  const altered = ada.click().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
  for (const url of [
    `${server.url}/c/x`,
    altered,
    ada.open.replace('/o/', '/c/'),
    ada.click().replace('/c/', '/o/'),
    `${server.url}/c/${'A'.repeat(1900)}`,
  ]) {
    const answer = await visit(url)
    expect(answer.status, url).toBe(404)
    expect(answer.headers.has('location')).toBe(false)
  }
})

test('clicks that come at once share their writes, and none is lost', async ({ server, account }) => {
  const ada = await recipientOf(server, account)
  const answers = await Promise.all(Array.from({ length: 500 }, (_, link) => visit(ada.click(link))))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([302]))
  expect(await ada.inbox()).toHaveLength(500)
})
