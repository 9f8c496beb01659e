import { asSystem, transaction } from '@envoi/core'
import { requestErasures } from '@envoi/core/erasures/request-erasures'
import { startWorkers } from '@envoi/workers'
import { describe, expect, test } from '../support/recorded.ts'
import { refusal } from '../support/refusal.ts'
import { createPerson, linesAbout, person } from './person.ts'
import { dumpDatabase, dumpRedis, readFiles } from './traces.ts'

describe('after an erasure', () => {
  test('database, queue, files and logs hold no trace of the person', async ({ server, account, drain }) => {
    const id = await createPerson({ server, account, drain })
    const grace = await account.api.contacts.create({ email: 'grace@example.com', firstName: 'Grace' })
    expect(linesAbout(await dumpDatabase(server)).length).toBeGreaterThan(5)

    const erasure = await account.api.contacts.delete(id)
    const workers = await startWorkers(server.platform, { pollMs: 50 })
    const receipt = await account.api.erasures.waitFor(erasure.id)
    await workers.close()

    expect(receipt).toMatchObject({
      status: 'completed',
      reason: 'request',
      deleted: {
        contact: 1,
        consent: 1,
        consent_event: 1,
        list_member: 1,
        message: 1,
        system_mail: 1,
        outbox: 1,
        // each request of the SDK has a key
        idempotency_key: 5,
        import_error: 4,
      },
    })
    // what waits in the inbox is deleted by the erasure, or dropped by the attribution, which finds nobody any more
    const { event, event_inbox: inbox = 0 } = receipt.deleted as Record<string, number>
    expect([event, [0, 1].includes(inbox)]).toEqual([1, true])
    expect(linesAbout(await dumpDatabase(server))).toEqual([])
    expect(linesAbout(await dumpRedis(server))).toEqual([])
    expect(linesAbout(await readFiles(server))).toEqual([])
    expect(linesAbout(server.logs)).toEqual([])
    expect(server.logs.length).toBeGreaterThan(10)
    // the id is left in the audit log alone, where nothing leads from it to anybody
    const withId = (await dumpDatabase(server)).filter((line) => line.includes(id))
    expect(withId.filter((line) => !line.startsWith('public.audit_event'))).toEqual([])

    expect((await account.api.contacts.list()).data.map((contact) => contact.id)).toEqual([grace.id])
    const errors = await server.platform.db.importError.findMany({ where: { accountId: account.id } })
    expect(errors.map(({ row }) => row)).toEqual(['grace@,,Grace,Hopper'])
    const [suppression] = await server.platform.db.suppression.findMany({ where: { accountId: account.id } })
    expect(suppression).toMatchObject({ value: null, reason: 'unsubscribe' })
  }, 60_000)

  test('the contact is gone at once, before any job has run', async ({ account }) => {
    const { id } = await account.api.contacts.create(person)
    const { data, response } = await account.api.contacts.delete(id).withResponse()
    expect(response.status).toBe(202)
    expect(response.headers.get('location')).toBe(`/v1/erasures/${data.id}`)
    expect(data.status).toBe('queued')
    expect(await refusal(account.api.contacts.get(id))).toMatchObject({ code: 'not_found' })
    expect(await refusal(account.api.contacts.delete(id))).toMatchObject({ code: 'not_found' })
    expect((await account.api.contacts.list()).data).toEqual([])
  })

  test('the address, phone and external id are refused, wherever they come from', async ({
    account: { api },
    drain,
  }) => {
    await api.contacts.delete((await api.contacts.create(person)).id)
    await drain()
    const other = await api.contacts.create({ email: 'grace@example.com' })
    const { email, phone, externalId } = person
    const erased = (field: string) => ({ code: 'contact_erased', at: [field] })
    expect(await refusal(api.contacts.create({ email: email.toUpperCase() }))).toEqual(erased('/email'))
    expect(await refusal(api.contacts.create({ email: 'new@example.com', phone: '06 12 34 56 78' }))).toEqual(
      erased('/phone'),
    )
    expect(await refusal(api.contacts.create({ externalId }))).toEqual(erased('/externalId'))
    expect(await refusal(api.contacts.update(other.id, { phone }))).toEqual(erased('/phone'))
    expect(await refusal(api.contacts.upsertByEmail(email, {}))).toEqual(erased('/path/email'))
    expect(await refusal(api.contacts.upsertByExternalId(externalId, {}))).toEqual(erased('/path/externalId'))
    const { results } = await api.contacts.batch({
      contacts: [{ email }, { email: 'new@example.com' }],
      onConflict: 'update',
    })
    expect(results.map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([
      ['rejected', 'contact_erased'],
      ['created', undefined],
    ])
  })

  test('for cleanup, the person may come back', async ({ account: { api }, drain }) => {
    const { id } = await api.contacts.create(person)
    await api.contacts.delete(id, { reason: 'cleanup' })
    await drain()
    const again = await api.contacts.create(person)
    expect(again.id).not.toBe(id)
  })

  test("the same address in another account is another account's business", async ({
    server,
    account,
    drain,
  }) => {
    const other = await server.openAccount()
    const theirs = await other.api.contacts.create(person)
    await account.api.contacts.delete((await account.api.contacts.create(person)).id)
    await drain()
    expect(await other.api.contacts.get(theirs.id)).toMatchObject(person)
    await other.api.contacts.upsertByEmail('someone@example.com', { externalId: 'crm-1' })
  })

  test('a contact that shares its phone with the person keeps it', async ({ account: { api }, drain }) => {
    const twin = await api.contacts.create({ email: 'twin@example.com', phone: person.phone })
    await api.contacts.delete((await api.contacts.create(person)).id)
    await drain()
    expect(await api.contacts.update(twin.id, { phone: person.phone, firstName: 'Twin' })).toMatchObject({
      phone: person.phone,
    })
  })

  test('the figures of a campaign stay as they were', async ({ server, account, drain }) => {
    const { db, newId } = server.platform
    const purpose = await createCampaignParts(account.api)
    const campaign = await account.api.campaigns.create(purpose)
    const ids = await Promise.all(
      ['ada', 'grace', 'hedy'].map(
        async (name) => (await account.api.contacts.create({ email: `${name}@example.com` })).id,
      ),
    )
    const now = new Date()
    await db.campaign.update({
      where: { accountId_id: { accountId: account.id, id: campaign.id } },
      data: { startedAt: now },
    })
    const states = [
      { state: 'sent' },
      { state: 'excluded', reason: 'consent_missing' },
      { state: 'sent' },
    ] as const
    for (const [index, contactId] of ids.entries()) {
      const scope = { accountId: account.id, campaignId: campaign.id, contactId }
      const [{ id: messageId = '' } = {}] = await db.$queryRaw<{ id: string }[]>`
        select envoi_message_id(${now}::timestamptz, ${campaign.id}::uuid, ${contactId}::uuid) as id`
      await db.message.create({
        data: {
          ...scope,
          id: messageId,
          channel: 'email',
          nextAttemptAt: now,
          stateAt: now,
          ...states[index],
        },
      } as never)
      for (const source of ['human', 'human', 'machine'] as const)
        await db.event.create({
          data: { ...scope, id: newId(), messageId, type: 'message.opened', source, occurredAt: now },
        })
    }
    const before = (await account.api.campaigns.get(campaign.id)).counts
    for (const id of ids) {
      await account.api.contacts.delete(id)
      await drain()
    }
    expect((await account.api.campaigns.get(campaign.id)).counts).toEqual(before)
    expect(await db.event.count({ where: { accountId: account.id } })).toBe(0)
    expect(await db.message.count({ where: { accountId: account.id } })).toBe(0)
  })
})

async function createCampaignParts(api: import('../support/fixture.ts').TestAccount['api']) {
  await addPurposeTo(api)
  const sender = await api.senders.create({ email: 'news@example.com', name: 'Ada' })
  const html = '<p>Bonjour <a href="{{ unsubscribeUrl }}">Se désabonner</a></p>'
  const template = await api.templates.create({ name: 'Hello', channel: 'email', subject: 'Hello', html })
  return {
    name: 'November',
    channel: 'email',
    purpose: 'newsletter',
    sender: sender.id,
    template: template.id,
  } as const
}

const addPurposeTo = (api: import('../support/fixture.ts').TestAccount['api']) =>
  api.purposes.create({
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

test('a receipt can be asked for, and names nobody', async ({ account, drain }) => {
  const { id } = await account.api.contacts.create(person)
  const { id: erasureId } = await account.api.contacts.delete(id)
  await drain()
  const receipt = await account.api.erasures.get(erasureId)
  expect(receipt).toMatchObject({ status: 'completed', deleted: { contact: 1 } })
  expect(receipt.completedAt).not.toBeNull()
  expect(linesAbout([JSON.stringify(receipt)])).toEqual([])
  expect((await account.api.erasures.list()).data).toEqual([receipt])
})

test('creations racing with an erasure never bring the person back', async ({ account: { api }, drain }) => {
  for (let round = 0; round < 5; round += 1) {
    const mine = {
      email: `racer-${round}@example.com`,
      phone: `+3361234560${round}`,
      externalId: `racer-${round}`,
    }
    const { id } = await api.contacts.create(mine)
    const attempts = [
      api.contacts.delete(id),
      ...Array.from({ length: 4 }, () => api.contacts.upsertByEmail(mine.email, { firstName: 'Back' })),
      ...Array.from({ length: 4 }, () =>
        api.contacts.batch({ contacts: [{ phone: mine.phone }], onConflict: 'update' }),
      ),
    ]
    await Promise.allSettled(attempts)
    expect((await api.contacts.list({ email: mine.email })).data).toEqual([])
  }
  await drain()
  expect((await api.contacts.list()).data).toEqual([])
})

test('an erasure is not complete while an import runs that began before it', async ({
  server,
  account,
  drain,
}) => {
  const { api } = account
  const { id } = await api.contacts.create(person)
  const running = await api.imports.create({
    format: 'csv',
    columns: { Email: 'email' },
    onConflict: 'update',
    origin: { source: 'file' },
  })
  await server.platform.db.import.updateMany({ where: { id: running.id }, data: { status: 'running' } })
  const erasure = await api.contacts.delete(id)
  await drain()
  expect((await api.erasures.get(erasure.id)).status).toBe('running')
  await server.platform.db.import.updateMany({ where: { id: running.id }, data: { status: 'completed' } })
  server.platform.clock.advance(60_000)
  await drain()
  expect((await api.erasures.get(erasure.id)).status).toBe('completed')
})

test('many contacts are erased together, each with its own receipt', async ({ server, account, drain }) => {
  const contacts = Array.from({ length: 300 }, (_, index) => ({ email: `person-${index}@example.com` }))
  const { results } = await account.api.contacts.batch({ contacts, onConflict: 'update' })
  const context = asSystem(server.platform, account.id, 'contacts.delete')
  const ids = results.map(({ id }) => id ?? '')
  await transaction(context, (tx) => requestErasures(tx, ids, 'cleanup'))
  await drain()
  const receipts = await server.platform.db.erasure.findMany({ where: { accountId: account.id } })
  expect(receipts).toHaveLength(300)
  expect(receipts.every(({ status, contactId }) => status === 'completed' && contactId === null)).toBe(true)
})
