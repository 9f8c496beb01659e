import { inAccount } from '@envoi/core'
import { keepAnswer } from '@envoi/core/idempotency/keep-answer'
import { onceOnly } from '@envoi/core/idempotency/once-only'
import { reserveKey } from '@envoi/core/idempotency/reserve-key'
import type { PrismaClient } from '@envoi/prisma'
import { describe, expect, type TestAccount, test } from '../support/fixture.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'
import { type RawAnswer, request } from '../support/request.ts'

type Server = { url: string }

const post = (
  { url }: Server,
  token: string,
  path: string,
  body: unknown,
  key = 'shared',
): Promise<RawAnswer> =>
  request(url + path, { token, method: 'POST', body, headers: { 'idempotency-key': key } })

const everybody = { rule: { field: 'email', op: 'exists' } }
const preview = (server: Server, token: string, key?: string) =>
  post(server, token, '/v1/segments/preview', everybody, key)

const replayed = ({ headers }: RawAnswer) => headers.get('idempotent-replayed')
const withheld = { status: 409, body: { code: 'idempotency_answer_withheld' } }

const keyWith = async ({ api }: TestAccount, permissions: string[]) =>
  (await api.apiKeys.create({ name: permissions.join(' '), permissions: permissions as 'contacts:read'[] }))
    .key

describe('an Idempotency-Key is of who sends it', () => {
  test('the same one of a key that sees people masked is another request, and shows nobody', async ({
    server,
    account,
  }) => {
    await account.api.contacts.create({ email: 'ada@example.com', firstName: 'Ada' })
    const revealed = await preview(server, account.accessToken)
    expect(revealed.text).toContain('ada@example.com')
    const masked = await preview(server, await keyWith(account, ['contacts:read']))
    expect([masked.status, replayed(masked)]).toEqual([200, null])
    expect(masked.text).not.toContain('ada@')
  })

  test('the same one of somebody else creates a key of their own, and tells nothing of the stronger one', async ({
    server,
    account,
  }) => {
    const weak = await keyWith(account, ['api-keys:manage', 'contacts:read'])
    const body = { name: 'shop', permissions: ['contacts:read'] }
    const first = await post(server, account.accessToken, '/v1/api-keys', body)
    const second = await post(server, weak, '/v1/api-keys', body)
    expect([first.status, second.status, replayed(second)]).toEqual([201, 201, null])
    expect(second.body.key).not.toBe(first.body.key)
    // and what the weak one may not grant it is refused, whoever was answered before
    const strong = { name: 'all', permissions: ['contacts:reveal'] }
    expect((await post(server, account.accessToken, '/v1/api-keys', strong, 'strong')).status).toBe(201)
    const refused = await post(server, weak, '/v1/api-keys', strong, 'strong')
    expect([refused.status, replayed(refused)]).not.toContain(201)
    expect(refused.text).not.toContain('envoi_live_')
  })

  test('the value of a key that came after its rotation is the same key', async ({ server, account }) => {
    const { id, key } = await account.api.apiKeys.create({
      name: 'shop',
      permissions: ['contacts:write', 'contacts:read'],
    })
    const body = { externalId: 'once' }
    const first = await post(server, key, '/v1/contacts', body)
    const next = await account.api.apiKeys.rotate(id)
    const second = await post(server, next.key, '/v1/contacts', body)
    expect([second.status, replayed(second), second.text]).toEqual([201, 'true', first.text])
  })

  test('who may less by now is not given the answer', async ({ server, account }) => {
    await account.api.contacts.create({ email: 'ada@example.com' })
    const { id, key } = await account.api.apiKeys.create({
      name: 'gateway',
      permissions: ['contacts:read', 'contacts:reveal'],
    })
    const token = async (scope: string) => {
      const form = { grant_type: 'client_credentials', client_id: id, client_secret: key, scope }
      const answer = await fetch(`${server.url}/v1/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams(form),
      })
      return String(((await answer.json()) as { access_token: string }).access_token)
    }
    expect((await preview(server, key)).text).toContain('ada@example.com')
    const less = await preview(server, await token('contacts:read'))
    expect(less).toMatchObject(withheld)
    expect(less.text).not.toContain('ada')
    expect(replayed(await preview(server, await token('contacts:read contacts:reveal')))).toBe('true')
  })
})

describe('an answer that is kept', () => {
  test('holds no secret: who repeats the creation of an API key is told where it is', async ({
    server,
    account,
  }) => {
    const body = { name: 'shop', role: 'analyst' }
    const create = () => post(server, account.accessToken, '/v1/api-keys', body)
    const [first, second] = [await create(), await create()]
    expect(second).toMatchObject(withheld)
    expect(second.body.detail).toContain(`/v1/api-keys/${first.body.id}`)
    expect(second.text).not.toContain(String(first.body.key))
    const rows = await server.platform.db.idempotencyKey.findMany({ where: { accountId: account.id } })
    expect(rows.map(({ status, body, withheld }) => ({ status, body, withheld }))).toEqual([
      { status: 201, body: null, withheld: 'secret' },
    ])
    expect((await account.api.apiKeys.list()).data).toHaveLength(1)
  })

  test('that is given again is on record, with whom it shows', async ({ server, account }) => {
    const { id } = await account.api.contacts.create({ email: 'ada@example.com' })
    await preview(server, account.accessToken)
    expect(replayed(await preview(server, account.accessToken))).toBe('true')
    const replay = { action: 'segments.preview', outcome: 'replayed' }
    const { data } = await account.api.auditEvents.list(replay)
    expect(data).toMatchObject([
      {
        kind: 'read',
        actor: { type: 'user' },
        target: null,
        targetIds: [id],
        counts: { reads: 1, shown: 1 },
      },
    ])
    // also where it showed nobody
    await post(server, account.accessToken, '/v1/lists', { name: 'Spring' }, 'list')
    await post(server, account.accessToken, '/v1/lists', { name: 'Spring' }, 'list')
    const lists = await account.api.auditEvents.list({ action: 'lists.create', outcome: 'replayed' })
    expect(lists.data).toMatchObject([{ targetIds: [] }])
  })

  test('tells nothing of somebody who has been erased since, and makes them not anew', async ({
    server,
    account,
    drain,
  }) => {
    const ask = (path: string, body: unknown) => post(server, account.accessToken, path, body, path)
    const asked: [string, unknown][] = [
      ['/v1/contacts', { email: 'ada@example.com', firstName: 'Ada' }],
      ['/v1/segments/preview', everybody],
      ['/v1/segments', { name: 'One', rule: { field: 'email', op: 'eq', value: 'ada@example.com' } }],
      ['/v1/suppressions', { channel: 'email', value: 'ada@example.com', reason: 'manual' }],
      ['/v1/lists', { name: 'Spring' }],
    ]
    const first: RawAnswer[] = []
    for (const [path, body] of asked) first.push(await ask(path, body))
    expect(first.map(({ status }) => status)).toEqual([201, 200, 201, 201, 201])
    const erasure = await account.api.contacts.delete(String(first[0]?.body.id), { reason: 'cleanup' })
    await drain()
    expect((await account.api.erasures.get(erasure.id)).deleted).toMatchObject({ idempotency_key: 4 })
    for (const [path, body] of asked.slice(0, 4)) {
      const again = await ask(path, body)
      expect([path, again]).toMatchObject([path, withheld])
      expect(again.text).not.toContain('ada')
    }
    expect(replayed(await ask('/v1/lists', { name: 'Spring' }))).toBe('true')
    expect((await account.api.contacts.list()).data).toEqual([])
  })

  test('is forgotten as well when the erasure came while it was being made', async ({
    server,
    account,
    drain,
  }) => {
    const { id } = await account.api.contacts.create({ email: 'ada@example.com' })
    const { platform } = server
    const from = { ...platform, action: 'segments.preview', requestId: null, address: null, userAgent: null }
    const context = inAccount(from, account.id, { type: 'system', id: null })
    const sent = { key: 'under way', operationId: 'segments.preview', content: '' }
    const outcome = await reserveKey(context, sent)
    if (!('reservation' in outcome)) return expect.fail()
    await account.api.contacts.delete(id)
    await drain()
    const answer = { status: 200, headers: {}, body: JSON.stringify({ id }), isSecret: false, url: '/' }
    await keepAnswer(context, onceOnly(platform.db as PrismaClient), outcome.reservation, answer)
    await expect(reserveKey(context, sent)).rejects.toMatchObject({ code: 'idempotency_answer_withheld' })
  })

  test('does not show what has come to be masked since', async ({ server, account }) => {
    const purpose = await account.api.purposes.create({ key: 'health', ...newsletterPurpose } as never)
    const field = await account.api.fields.create({
      key: 'diet',
      label: 'Diet',
      type: 'choice',
      choices: ['vegan', 'any'],
    })
    await account.api.contacts.create({ email: 'ada@example.com', attributes: { diet: 'vegan' } })
    const reader = await keyWith(account, ['contacts:read'])
    expect((await preview(server, reader)).text).toContain('vegan')
    expect(replayed(await preview(server, reader))).toBe('true')
    await account.api.fields.update(field.id, { specialCategory: true, purpose: purpose.key })
    expect(await preview(server, reader)).toMatchObject(withheld)
    expect((await preview(server, reader, 'anew')).text).not.toContain('vegan')
  })
})
