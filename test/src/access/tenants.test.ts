/** test/src/contract/walk.test.ts proves that what is in a path is not found across accounts; here, what is in bodies and queries. */
import type { Scene } from '../contract/make.ts'
import * as make from '../contract/make.ts'
import { test as base, describe, expect, type TestAccount } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const test = base.extend<{ home: Scene; stranger: Scene }>({
  home: [async ({ server }, use) => use({ server, account: await server.openAccount() }), { scope: 'file' }],
  stranger: [
    async ({ server }, use) => use({ server, account: await server.openAccount() }),
    { scope: 'file' },
  ],
})

const absent = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'
const draft = async (scene: Scene) => ({
  name: 'November',
  channel: 'email',
  purpose: await make.purpose(scene),
  sender: await make.sender(scene),
})

interface Reference {
  /** What is referred to, of some account. */
  make: (scene: Scene) => Promise<string>
  method?: string
  path: (scene: Scene, id: string) => string | Promise<string>
  body?: (id: string, scene: Scene) => unknown
}

const references: Record<string, Reference> = {
  'the sender of a campaign': {
    make: make.sender,
    path: () => '/v1/campaigns',
    body: async (sender, scene) => ({ ...(await draft(scene)), sender }),
  },
  'the template of a campaign': {
    make: make.template,
    path: () => '/v1/campaigns',
    body: async (template, scene) => ({ ...(await draft(scene)), template }),
  },
  'the segment of a campaign': {
    make: make.segment,
    path: () => '/v1/campaigns',
    body: async (segment, scene) => ({ ...(await draft(scene)), segment }),
  },
  'a list of a campaign': {
    make: make.list,
    path: () => '/v1/campaigns',
    body: async (list, scene) => ({ ...(await draft(scene)), lists: [list] }),
  },
  'the purpose of a campaign': {
    make: make.purpose,
    path: () => '/v1/campaigns',
    body: async (purpose, scene) => ({ ...(await draft(scene)), purpose }),
  },
  'a list in a rule': {
    make: make.list,
    path: () => '/v1/segments/preview',
    body: (list) => ({ rule: { list } }),
  },
  'a segment in a rule': {
    make: make.segment,
    path: () => '/v1/segments',
    body: (segment) => ({ name: 'Nested', rule: { segment } }),
  },
  'a campaign in a rule': {
    make: make.campaign,
    path: () => '/v1/segments/preview',
    body: (campaign) => ({ rule: { event: { type: 'message.opened', campaign } } }),
  },
  'a purpose in a rule': {
    make: make.purpose,
    path: () => '/v1/segments/preview',
    body: (purpose) => ({ rule: { consent: { purpose, channel: 'email', state: 'granted' } } }),
  },
  'a list of an import': {
    make: make.list,
    path: () => '/v1/imports',
    body: (list) => ({
      format: 'csv',
      columns: { Email: 'email' },
      onConflict: 'update',
      origin: { source: 'file' },
      lists: [list],
    }),
  },
  'the purpose of a consent': {
    make: make.purpose,
    path: async (scene) => `/v1/contacts/${await make.contact(scene)}/consents`,
    body: (purpose) => ({ purpose, channel: 'email', state: 'granted', evidence: make.evidence() }),
  },
  'the purpose of a suppression': {
    make: make.purpose,
    path: () => '/v1/suppressions',
    body: (purpose) => ({ channel: 'email', value: 'ada@example.com', reason: 'manual', purpose }),
  },
  'the purpose of a field': {
    make: make.purpose,
    path: () => '/v1/fields',
    body: (purpose) => ({ key: 'country', label: 'Country', type: 'text', purpose }),
  },
  'the contact that a template is rendered for': {
    make: make.contact,
    path: async (scene) => `/v1/templates/${await make.template(scene)}/render`,
    body: (contactId) => ({ contactId }),
  },
  'a list in a filter': { make: make.list, path: (_, id) => `/v1/contacts?list=${id}` },
  'a segment in a filter': { make: make.segment, path: (_, id) => `/v1/contacts?segment=${id}` },
}

async function ask(scene: Scene, reference: Reference, id: string) {
  const { status, body } = await request(scene.server.url + (await reference.path(scene, id)), {
    method: reference.body === undefined ? 'GET' : 'POST',
    token: scene.account.accessToken,
    body: await reference.body?.(id, scene),
  })
  return {
    status,
    code: body.code,
    detail: body.detail?.replaceAll(id, '…'),
    errors: body.errors,
    data: body.data,
  }
}

describe("another account's resource is refused as one that does not exist, as", () => {
  for (const [what, reference] of Object.entries(references))
    test(what, async ({ home, stranger }) => {
      const id = await reference.make(home)
      const missing = await ask(stranger, reference, id.includes('newsletter') ? 'newsletter-none' : absent)
      const foreign = await ask(stranger, reference, id)
      expect(foreign).toEqual(missing)
      expect([404, 422]).toContain(foreign.status)
      // what refuses it is that it is somebody else's
      expect((await ask(home, reference, id)).status).toBeLessThan(300)
    })
})

async function everything({ api }: TestAccount) {
  const seen: unknown[] = []
  for (const list of [
    api.contacts,
    api.lists,
    api.segments,
    api.templates,
    api.senders,
    api.senderDomains,
    api.campaigns,
  ])
    for await (const item of list.list()) seen.push(item)
  for await (const item of api.purposes.list()) seen.push(item)
  for await (const item of api.imports.list()) seen.push(item)
  for await (const item of api.auditEvents.list()) seen.push(item)
  for await (const item of api.users.list()) seen.push(item)
  return JSON.stringify(seen)
}

describe('two accounts with the same contacts', () => {
  test("add, change and remove members without touching the other's", async ({ home, stranger }) => {
    const email = 'shared@example.com'
    const [mine, theirs] = [
      await home.account.api.contacts.create({ email, firstName: 'Mine' }),
      await stranger.account.api.contacts.create({ email, firstName: 'Theirs' }),
    ]
    const list = await make.list(stranger)
    await stranger.account.api.lists.addMembers(list, { contactIds: [mine.id] })
    expect((await stranger.account.api.contacts.list({ list })).data).toEqual([])
    await stranger.account.api.lists.addMembers(list, { emails: [email] })
    expect((await stranger.account.api.contacts.list({ list })).data.map(({ id }) => id)).toEqual([theirs.id])
    await stranger.account.api.contacts.upsertByEmail(email, { firstName: 'Changed' })
    await stranger.account.api.suppressions.create({ channel: 'email', value: email, reason: 'manual' })
    expect(await home.account.api.contacts.get(mine.id)).toEqual(mine)
    expect((await home.account.api.suppressions.list({ value: email })).data).toEqual([])
  })

  test('see nothing of each other in any listing', async ({ home, stranger }) => {
    const marks = [home.account.id, home.account.ownerEmail]
    await make.sendingCampaign(home)
    const { data } = await home.account.api.contacts.list()
    const seen = await everything(stranger.account)
    for (const mark of [...marks, ...data.map(({ id }) => id)]) expect(seen).not.toContain(mark)
    expect(await everything(home.account)).toContain(data[0]?.id)
  })
})
