/** Whoever lacks `contacts:reveal` sees no personal data, by whichever way: the contract is walked for a person full of marks. */
import { allPermissions, personalFiles, personalPaths } from '@envoi/openapi'
import type { Envoi } from '@envoi/sdk'
import { callByExample } from '../contract/call.ts'
import type { Scene } from '../contract/make.ts'
import * as make from '../contract/make.ts'
import { allOperations, fillPath, type OperationId, pathParameters } from '../contract/operations.ts'
import { resources } from '../contract/resources.ts'
import { campaignTo } from '../support/audience.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { leavesOf } from '../support/leaves.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'
import { refusal } from '../support/refusal.ts'
import { type RawAnswer, request } from '../support/request.ts'
import { confirmOwner } from '../users/people.ts'

const person = {
  email: 'mark-mail@example.com',
  phone: '+33612345678',
  externalId: 'xmark-id',
  firstName: 'Xmark-first',
  lastName: 'Xmark-last',
  attributes: {
    note: 'xmark-note',
    home: 'https://xmark-home.example/',
    colour: 'blue',
    illness: 'xmark-illness',
    doses: 741_528_963,
  },
  origin: { source: 'form', detail: 'xmark-detail' },
}
const marks = [
  'mark-mail',
  '612345678',
  ...[
    'id',
    'first',
    'last',
    'note',
    'home',
    'detail',
    'text',
    'url',
    'agent',
    'source',
    'illness',
    'file',
    'proof',
    'page',
  ].map((name) => `mark-${name}`),
  '203.0.113.77',
  'mark-barred',
  // of a special category, a number
  '741528963',
  '203.0.113.78',
  '698765432',
]
const marksIn = (...texts: string[]) => marks.filter((mark) => texts.join('\n').includes(mark))

const evidence = () => ({
  source: 'told by xmark-source',
  collectedAt: new Date().toISOString(),
  text: 'xmark-text, said the person',
  textVersion: '1',
  ip: '203.0.113.77',
  url: 'https://shop.example/?who=xmark-url#xmark-agent',
})

/** The person, and whatever else speaks of them; ids by the parameter of a path. */
async function world(scene: { server: TestServer; account: TestAccount }, drain: () => Promise<void>) {
  const { api, ownerPassword: password } = scene.account
  await api.accountClosure.request({ confirm: 'Atelier Ada', password })
  await api.accountClosure.cancel()
  await api.fields.create({ key: 'note', label: 'Note', type: 'text' })
  await api.fields.create({ key: 'home', label: 'Home', type: 'url' })
  await api.fields.create({ key: 'colour', label: 'Colour', type: 'choice', choices: ['blue'] })
  const health = { specialCategory: true, purpose: 'health' } as const
  await api.purposes.create({ key: 'health', ...newsletterPurpose })
  await api.fields.create({
    key: 'illness',
    label: 'Illness',
    type: 'choice',
    choices: ['xmark-illness'],
    ...health,
  })
  await api.fields.create({ key: 'doses', label: 'Doses', type: 'number', ...health })
  const { id } = await api.contacts.create(person)
  const campaign = await campaignTo(scene.server, scene.account, 1)
  await api.consents.record(id, {
    purpose: campaign.purpose,
    channel: 'email',
    state: 'granted',
    evidence: evidence(),
  })
  await api.objections.create(id, { kind: 'profiling', evidence: evidence() })
  await api.tracking.record(id, { state: 'granted', evidence: evidence() })
  const receivedAt = new Date().toISOString()
  await api.restriction.create(id, { reason: 'legal_claims', source: 'letter of xmark-source', receivedAt })
  const barred = await api.suppressions.create({
    channel: 'email',
    value: 'xmark-barred@example.com',
    reason: 'manual',
  })
  await api.suppressions.create({ channel: 'sms', value: '+33698765432', reason: 'manual' })
  const named = { field: 'email', op: 'eq' as const, value: person.email }
  const sick = { field: 'attributes.illness', op: 'eq' as const, value: 'xmark-illness' }
  const dosed = { field: 'attributes.doses', op: 'gt' as const, value: 741_528_963 }
  const rule = {
    any: [
      sick,
      dosed,
      named,
      { not: { field: 'attributes.note', op: 'in' as const, value: ['xmark-note'] } },
    ],
  }
  const segment = await api.segments.create({ name: 'One person', rule })
  const shown = '{{ contact.firstName }} {{ contact.email }} {{ contact.attributes.note }}'
  const template = await api.templates.create({
    name: 'All of them',
    channel: 'email',
    subject: shown,
    html: `<p>${shown} <a href="{{ unsubscribeUrl }}">Stop</a></p>`,
  })
  const made = await api.imports.create({
    format: 'csv',
    columns: { Email: 'email', First: 'firstName' },
    onConflict: 'update',
    origin: { source: 'file', detail: 'list of xmark-file' },
    consents: [
      {
        purpose: campaign.purpose,
        channel: 'email',
        state: 'granted',
        evidence: {
          source: 'said xmark-proof',
          collectedAt: new Date().toISOString(),
          text: 'xmark-text',
          textVersion: '1',
          ip: '203.0.113.78',
          url: 'https://shop.example/xmark-page',
        },
      },
    ],
  })
  await api.imports.upload(made.id, 'Email,First\nxmark-mail at example.com,Xmark-first\n')
  // a row of the person's own, that their export shows
  const about = await api.imports.create({
    format: 'csv',
    columns: { Email: 'email', First: 'firstName', Language: 'locale' },
    onConflict: 'update',
    origin: { source: 'file' },
  })
  await api.imports.upload(about.id, `Email,First,Language\n${person.email},Xmark-first,none at all\n`)
  await drain()
  return {
    contactId: id,
    suppressionId: barred.id,
    segmentId: segment.id,
    templateId: template.id,
    campaignId: campaign.id,
    importId: made.id,
  } as Record<string, string> & {
    contactId: string
    segmentId: string
    templateId: string
    campaignId: string
  }
}

const reads = allOperations.filter(
  ({ operation: { method, access } }) => method === 'GET' && access.includes(':'),
)

test('no answer shows a person to who may do all but reveal', { timeout: 180_000 }, async ({
  server,
  account,
  drain,
}) => {
  const scene = { server, account }
  const ids = await world(scene, drain)
  const key = await account.key({ permissions: allPermissions.filter((name) => name !== 'contacts:reveal') })
  const { contactId } = ids
  const ask = (token: string, path: string, body?: unknown, method?: string) =>
    request(server.url + path, { token, body, ...(method === undefined ? {} : { method }) })

  const calls: { name: string; call: (token: string) => Promise<RawAnswer> }[] = []
  for (const { id, operation } of reads) {
    for (const name of pathParameters(operation.path))
      ids[name] ??= (await resources[name]?.(scene)) ?? expect.fail(`no resource for ${name}`)
    calls.push({ name: id, call: (token) => ask(token, fillPath(operation.path, ids)) })
  }
  const rule = { field: 'email', op: 'exists' }
  const saying = { purpose: 'none', channel: 'email', state: 'refused', evidence: evidence() }
  saying.purpose = (await account.api.campaigns.get(ids.campaignId)).purpose
  const more: [string, string, unknown?, string?][] = [
    ['contacts.export as CSV', `/v1/contacts/${contactId}/export?format=csv`],
    ['contacts.list by segment', `/v1/contacts?segment=${ids.segmentId}`],
    ['contacts.update', `/v1/contacts/${contactId}`, { locale: 'fr' }, 'PATCH'],
    ['contacts.upsertByEmail', `/v1/contacts/by-email/${person.email}`, { locale: 'en' }, 'PUT'],
    ['consents.record', `/v1/contacts/${contactId}/consents`, saying],
    ['segments.preview', '/v1/segments/preview', { rule }],
    ['segments.update', `/v1/segments/${ids.segmentId}`, { name: 'Somebody' }, 'PATCH'],
    ['templates.render', `/v1/templates/${ids.templateId}/render`, { contactId }],
  ]
  for (const [name, path, body, method] of more)
    calls.push({ name, call: (token) => ask(token, path, body, method) })

  const shownToOwner: string[] = []
  const paths = new Map(allOperations.map(({ id, operation }) => [id as string, personalPaths(operation)]))
  for (const { name, call } of calls) {
    const owner = await call(account.accessToken)
    const other = await call(key)
    expect([name, owner.status, other.status]).toEqual([name, owner.status, owner.status])
    expect([name, owner.status < 300]).toEqual([name, true])
    // what may be chosen is no secret; what somebody has chosen is
    const declared = name.startsWith('fields.') ? ['mark-illness'] : []
    expect([name, marksIn(other.text).filter((mark) => !declared.includes(mark))]).toEqual([name, []])
    // and the contract says where answers show the person: what is called below is chosen by it
    const known = paths.get(name)
    if (known !== undefined && /^[[{]/.test(owner.text) && !personalFiles.has(name) && declared.length === 0)
      for (const { at, value } of leavesOf(JSON.parse(owner.text)))
        if (marksIn(String(value)).length > 0)
          expect([name, at, known.some((path) => `${at}.`.startsWith(`${path}.`))]).toEqual([name, at, true])
    shownToOwner.push(owner.text)
  }
  // or the walk would prove nothing
  expect(marksIn(...shownToOwner)).toEqual(marks)
})

describe('whatever answers something personal, by the contract, answers it masked to who may do all but reveal:', () => {
  /** Of what the example would be refused: the resource it speaks of, or what this caller may not do. */
  const bodies: Partial<Record<OperationId, (scene: Scene) => Promise<unknown>>> = {
    'consents.record': async (scene) => ({
      purpose: await make.purpose(scene),
      channel: 'email',
      state: 'refused',
      evidence: evidence(),
    }),
    'imports.create': async () => ({
      format: 'csv',
      columns: { Email: 'email' },
      onConflict: 'update',
      origin: { source: 'file', detail: 'a list of Ada' },
    }),
    'contacts.create': async () => withoutFields,
    'contacts.update': async () => ({ firstName: 'Ada' }),
    'contacts.upsertByEmail': async () => ({ firstName: 'Ada' }),
    'contacts.upsertByExternalId': async () => ({ firstName: 'Ada' }),
    'suppressions.create': async () => ({ channel: 'email', value: 'ada@example.com', reason: 'manual' }),
    'segments.create': async () => ({ name: 'Some', rule }),
    'segments.update': async () => ({ rule }),
    'segments.preview': async () => ({ rule }),
    'apiKeys.create': async () => ({ name: 'key', role: 'analyst' }),
    'apiKeys.rotate': async () => ({}),
    'templates.render': async (scene) => ({ contactId: await make.contact(scene) }),
  }
  const others: Partial<Record<OperationId, (scene: Scene) => Promise<Record<string, string>>>> = {
    'templates.render': async ({ account: { api } }) => {
      const shown = '{{ contact.email }}'
      const content = { subject: shown, html: `<p>${shown}</p>`, text: shown }
      return { templateId: (await api.templates.create({ name: 'A', channel: 'email', ...content })).id }
    },
    'restriction.get': async (scene) => {
      const { api } = scene.account
      const contactId = await make.contact(scene)
      const receivedAt = new Date().toISOString()
      await api.restriction.create(contactId, { reason: 'legal_claims', source: 'letter of Ada', receivedAt })
      return { contactId }
    },
  }
  const rule = { field: 'email', op: 'exists' }
  const withoutFields = {
    email: 'ada.new@example.com',
    firstName: 'Ada',
    origin: { source: 'form', detail: 'of Ada' },
  }
  const values: Record<string, string> = { email: 'ada.put@example.com', externalId: 'crm-put' }
  const showing = allOperations.filter(
    ({ id, operation }) =>
      operation.access.includes(':') && personalPaths(operation).length > 0 && !personalFiles.has(id),
  )
  for (const named of showing)
    test(named.id, async ({ server, account }) => {
      const scene = { server, account }
      const ids = { ...values, ...(await others[named.id]?.(scene)) }
      for (const name of pathParameters(named.operation.path))
        ids[name] ??= (await resources[name]?.(scene)) ?? expect.fail(`no resource for ${name}`)
      const key = await account.key({
        permissions: allPermissions.filter((name) => name !== 'contacts:reveal'),
      })
      const body = await bodies[named.id]?.(scene)
      const { status, text } = await callByExample(server.url, key, named, ids, body)
      expect([named.id, status, status < 300 ? '' : text]).toEqual([named.id, status, ''])
      const shown = personalPaths(named.operation)
      for (const { at, value } of leavesOf(JSON.parse(text)))
        if (shown.includes(at) && typeof value === 'string')
          expect([at, value.includes('***') || value === '', value]).toEqual([at, true, value])
    })

  test('there are some', () => {
    expect(showing.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'contacts.get',
        'consents.history',
        'auditEvents.list',
        'erasures.get',
        'segments.list',
      ]),
    )
  })
})

test('a test of a campaign shows a contact as who asks for it may see them', async ({
  server,
  account,
  mail,
  drain,
}) => {
  await confirmOwner({ server, account })
  const { id: contactId } = await account.api.contacts.create({
    email: person.email,
    firstName: person.firstName,
  })
  const content = { subject: 'For {{ contact.firstName }}', html: '<p>{{ contact.email }}</p>' }
  const { id } = await campaignTo(server, account, 1, { draft: { content } })
  const test = async (permissions: string[]) => {
    const api = await account.as({ permissions: [...permissions, 'campaigns:send'] })
    await api.campaigns.test(id, { to: [account.ownerEmail], contactId })
    await drain()
    const { subject, html } = (await mail.to(account.ownerEmail).at(-1)?.parsed()) ?? {}
    return `${subject} ${html}`
  }
  expect(marksIn(await test(['contacts:read', 'contacts:reveal']))).toEqual(['mark-mail', 'mark-first'])
  const masked = await test(['contacts:read'])
  expect([masked.includes('For X***'), marksIn(masked)]).toEqual([true, []])
  expect(await refusal(test([]))).toEqual({ code: 'permission_missing', at: ['/contactId'] })
})

test('a preview with a contact is refused to who may not read contacts', async ({ account }) => {
  const { id: contactId } = await account.api.contacts.create({ email: person.email })
  const { id } = await account.api.templates.create({
    name: 'x',
    channel: 'email',
    subject: 'x',
    html: '<p>x</p>',
  })
  const designer = await account.as({ permissions: ['templates:read'] })
  expect(await refusal(designer.templates.render(id, { contactId }))).toEqual({
    code: 'permission_missing',
    at: ['/contactId'],
  })
  await designer.templates.render(id, {})
})

describe('a rule about what one sees masked', () => {
  const about = (field: string) => ({ field, op: 'startsWith' as const, value: 'x' })
  const ways: Record<string, (api: Envoi, rule: ReturnType<typeof about>) => Promise<unknown>> = {
    'is not tried': (api, rule) => api.segments.preview({ rule: { any: [{ not: rule }] } }),
    'is not saved': (api, rule) => api.segments.create({ name: rule.field, rule: { any: [{ not: rule }] } }),
  }
  for (const [name, way] of Object.entries(ways))
    test(name, async ({ account }) => {
      await account.api.fields.create({ key: 'note', label: 'Note', type: 'text' })
      const reader = await account.as({ permissions: ['contacts:read', 'contacts:write'] })
      for (const field of ['email', 'phone', 'externalId', 'firstName', 'lastName', 'attributes.note']) {
        expect([field, await refusal(way(reader, about(field)))]).toEqual([
          field,
          { code: 'permission_missing', at: ['/rule/any/0/not/field'] },
        ])
        await way(account.api, about(field))
      }
      await way(reader, about('locale'))
    })

  test('may ask whether there is a value, and name a segment that somebody else has saved', async ({
    account,
  }) => {
    await account.api.contacts.create({ email: person.email })
    const { id } = await account.api.segments.create({ name: 'Marks', rule: about('email') })
    const reader = await account.as({ permissions: ['contacts:read'] })
    for (const rule of [{ field: 'email', op: 'exists' as const }, { not: { segment: id } }])
      expect(await reader.segments.preview({ rule })).toMatchObject({ count: 1 })
  })

  test('may not ask for consents without the permission to read them', async ({ account }) => {
    const consent = { purpose: 'none', channel: 'email' as const, state: 'granted' as const }
    const reader = await account.as({ permissions: ['contacts:read', 'contacts:reveal'] })
    expect(await refusal(reader.segments.preview({ rule: { consent } }))).toEqual({
      code: 'permission_missing',
      at: ['/rule/consent'],
    })
  })
})
