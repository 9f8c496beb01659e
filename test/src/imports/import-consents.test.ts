import { expect, type TestAccount, test } from '../support/recorded.ts'
import { contactsOf, importFile, type NewImport, none, plain } from './support.ts'

async function purpose(account: TestAccount, key: string, change: { doubleOptIn?: boolean } = {}) {
  await account.api.purposes.create({
    key,
    name: key,
    description: 'About once a month.',
    legalBasis: 'consent',
    eprivacyGround: 'opt_in',
    channels: ['email', 'sms'],
    retention: 'P3Y',
    policyText: 'I agree to receive the newsletter.',
    policyVersion: '1',
    ...change,
  })
}

const evidence = {
  source: 'newsletter form',
  collectedAt: '2025-03-01T09:00:00.000Z',
  text: 'I agree to receive the newsletter.',
  textVersion: '1',
}
const granted: NewImport['consents'] = [
  { purpose: 'newsletter', channel: 'email', state: 'granted', evidence },
]
const columns = { Email: 'email' }

const consentsOf = async (account: TestAccount, email: string) => {
  const [contact] = (await account.api.contacts.list({ email })).data
  return (await account.api.consents.list(contact?.id ?? '')).data
}

test('the consent of a file is recorded for each of its contacts, with its proof, in a ledger that verifies', async ({
  account,
  drain,
}) => {
  await purpose(account, 'newsletter')
  await importFile({ account, drain }, 'Email\nada@example.com\ngrace@example.com\n', {
    columns,
    consents: granted,
  })

  for (const email of ['ada@example.com', 'grace@example.com'])
    expect(await consentsOf(account, email)).toMatchObject([
      {
        purpose: 'newsletter',
        channel: 'email',
        state: 'granted',
        evidence: { ...evidence, ip: null, url: null },
      },
    ])
  expect(await account.api.consents.integrity()).toMatchObject({ verified: true, lines: 2, contacts: 2 })
})

test('a file that is imported again adds nothing to the ledger', async ({ account, drain }) => {
  await purpose(account, 'newsletter')
  const file = 'Email\nada@example.com\ngrace@example.com\n'
  await importFile({ account, drain }, file, { columns, consents: granted })
  const again = await importFile({ account, drain }, file, { columns, consents: granted })

  expect(again.counts).toEqual({ ...none, unchanged: 2 })
  expect(await account.api.consents.integrity()).toMatchObject({ lines: 2 })
})

test('a contact that exists is updated when only its consent is new', async ({ account, drain }) => {
  await purpose(account, 'newsletter')
  await importFile({ account, drain }, 'Email\nada@example.com\n', { columns })
  const { counts } = await importFile({ account, drain }, 'Email\nada@example.com\n', {
    columns,
    consents: granted,
  })

  expect(counts).toEqual({ ...none, updated: 1 })
})

test('each row may bring its own proof, as the exports of mailing services do', async ({
  account,
  drain,
}) => {
  await purpose(account, 'newsletter')
  const ended = await importFile(
    { account, drain },
    [
      'Email,OPTIN_TIME,OPTIN_IP,Status',
      'ada@example.com,2024-05-01 10:22:33,203.0.113.7,granted',
      'grace@example.com,,,granted',
      'hedy@example.com,2024-05-02 10:00:00,,withdrawn',
      'emilie@example.com,2024-05-02 10:00:00,not an ip,granted',
      'late@example.com,2999-01-01 00:00:00,,granted',
      'zoe@example.com,,,',
    ].join('\n'),
    {
      columns: {
        Email: 'email',
        OPTIN_TIME: 'consents.newsletter.email.collectedAt',
        OPTIN_IP: 'consents.newsletter.email.ip',
        Status: 'consents.newsletter.email.state',
      },
      consents: [
        {
          purpose: 'newsletter',
          channel: 'email',
          evidence: { source: 'Mailchimp', text: 'Yes.', textVersion: '3' },
        },
      ],
    },
  )

  expect(ended.counts).toEqual({ ...none, created: 3, rejected: 3 })
  expect(ended.errors).toMatch(/3,missing_evidence,.*collectedAt/)
  expect(ended.errors).toMatch(/5,invalid_ip/)
  expect(ended.errors).toMatch(/6,invalid_datetime/)
  expect(await consentsOf(account, 'ada@example.com')).toMatchObject([
    {
      state: 'granted',
      evidence: {
        source: 'Mailchimp',
        collectedAt: '2024-05-01T10:22:33.000Z',
        ip: '203.0.113.7',
        textVersion: '3',
      },
    },
  ])
  expect(await consentsOf(account, 'hedy@example.com')).toMatchObject([{ state: 'withdrawn' }])
  expect(await consentsOf(account, 'zoe@example.com')).toEqual([])
})

test('an import does not undo a withdrawal, unless its proof is later', async ({ account, drain }) => {
  await purpose(account, 'newsletter')
  const file = 'Email,When\nada@example.com,2026-01-01T00:00:00Z\ngrace@example.com,2026-03-01T00:00:00Z\n'
  await importFile({ account, drain }, 'Email\nada@example.com\ngrace@example.com\n', {
    columns,
    consents: granted,
  })
  for (const contact of await contactsOf(account))
    await account.api.consents.record(contact.id, {
      purpose: 'newsletter',
      channel: 'email',
      state: 'withdrawn',
      evidence: { source: 'unsubscribe page', collectedAt: '2026-02-01T00:00:00Z' },
    })
  const ended = await importFile({ account, drain }, file, {
    columns: { Email: 'email', When: 'consents.newsletter.email.collectedAt' },
    consents: granted,
  })

  expect(ended.outdatedConsents).toBe(1)
  expect(await consentsOf(account, 'ada@example.com')).toMatchObject([{ state: 'withdrawn' }])
  expect(await consentsOf(account, 'grace@example.com')).toMatchObject([{ state: 'granted' }])
  expect(await account.api.consents.integrity()).toMatchObject({ verified: true, lines: 5 })
})

test('where double opt-in applies, only a proof of it makes a consent granted', async ({
  account,
  drain,
}) => {
  await purpose(account, 'newsletter', { doubleOptIn: true })
  await importFile(
    { account, drain },
    'Email,Source\nada@example.com,form\ngrace@example.com,double opt-in (Mailchimp)\n',
    {
      columns: { Email: 'email', Source: 'consents.newsletter.email.source' },
      consents: granted,
    },
  )

  expect(await consentsOf(account, 'ada@example.com')).toMatchObject([{ state: 'pending' }])
  expect(await consentsOf(account, 'grace@example.com')).toMatchObject([{ state: 'granted' }])
})

test('a dry run, and rows that are skipped, record no consent', async ({ account, drain }) => {
  await purpose(account, 'newsletter')
  await importFile({ account, drain }, 'Email\nada@example.com\n', { columns })
  const options = { columns, consents: granted }
  const dry = await importFile({ account, drain }, 'Email\nada@example.com\n', { ...options, dryRun: true })
  const skip = await importFile({ account, drain }, 'Email\nada@example.com\n', {
    ...options,
    onConflict: 'skip',
  })

  expect(dry.counts).toEqual({ ...none, updated: 1 })
  expect(skip.counts).toEqual({ ...none, skipped: 1 })
  expect(await consentsOf(account, 'ada@example.com')).toEqual([])
})

test('contacts become members of the lists', async ({ account, drain }) => {
  const { id } = await account.api.lists.create({ name: 'Spring fair' })
  await importFile({ account, drain }, 'Email\nada@example.com\n', { columns })
  const options = { columns, lists: [id] }
  const { counts } = await importFile(
    { account, drain },
    'Email\nada@example.com\ngrace@example.com\n',
    options,
  )
  const again = await importFile({ account, drain }, 'Email\nada@example.com\ngrace@example.com\n', options)

  expect(counts).toEqual({ ...none, created: 1, updated: 1 })
  expect(again.counts).toEqual({ ...none, unchanged: 2 })
  expect((await account.api.contacts.list({ list: id })).data).toHaveLength(2)
})

test('recording consents needs the permission to do so', async ({ account }) => {
  await purpose(account, 'newsletter')
  const importer = await account.as({ permissions: ['contacts:import'] })
  const create = importer.imports.create({
    format: 'csv',
    columns,
    onConflict: 'update',
    origin: { source: 'form' },
    consents: granted,
  })
  await expect(create).rejects.toMatchObject({ code: 'permission_missing' })
})

test('who may not record consents cannot send the file of an import that does', async ({ account }) => {
  await purpose(account, 'newsletter')
  const importer = await account.as({ permissions: ['contacts:import', 'contacts:read'] })
  const consented = await account.api.imports.create({ ...plain, columns, consents: granted })
  const upload = importer.imports.upload(consented.id, 'Email\nada@example.com\n')
  await expect(upload).rejects.toMatchObject({ code: 'permission_missing' })
  const other = await account.api.imports.create({ ...plain, columns })
  await expect(importer.imports.upload(other.id, 'Email\nada@example.com\n')).resolves.toMatchObject({
    status: 'queued',
  })
})

test('a grant needs the words that were agreed to, a refusal does not', async ({ account }) => {
  await purpose(account, 'newsletter')
  const create = (state: 'granted' | 'refused') =>
    account.api.imports.create({
      format: 'csv',
      columns,
      onConflict: 'update',
      origin: { source: 'form' },
      consents: [
        {
          purpose: 'newsletter',
          channel: 'email',
          state,
          evidence: { source: 'form', collectedAt: evidence.collectedAt },
        },
      ],
    })
  await expect(create('granted')).rejects.toMatchObject({
    problem: {
      errors: [{ pointer: '/consents/0/evidence/text' }, { pointer: '/consents/0/evidence/textVersion' }],
    },
  })
  await expect(create('refused')).resolves.toMatchObject({ status: 'awaiting_file' })
})

test('who was erased does not come back with a file, unless with a consent given since', async ({
  account,
  drain,
}) => {
  await purpose(account, 'newsletter')
  const file = 'Email,Ref\nada@example.com,1\ngrace@example.com,2\n'
  const both = { Email: 'email', Ref: 'externalId' }
  await importFile({ account, drain }, file, { columns: both })
  for (const contact of await contactsOf(account)) await account.api.contacts.delete(contact.id)
  await drain()
  const refused = await importFile({ account, drain }, file, { columns: both })
  const older = await importFile({ account, drain }, file, { columns: both, consents: granted })
  const sinceThen = new Date().toISOString()
  const dated = `Email,Ref,When\nada@example.com,1,${sinceThen}\ngrace@example.com,2,2025-01-01T00:00:00Z\nhedy@example.com,3,2025-01-01T00:00:00Z\n`
  const later = await importFile({ account, drain }, dated, {
    columns: { ...both, When: 'consents.newsletter.email.collectedAt' },
    consents: granted,
  })

  expect(refused.counts).toEqual({ ...none, rejected: 2 })
  expect(refused.errors).toMatch(
    /2,contact_erased,"email, externalId: of a person who was erased on request"/,
  )
  expect(older.counts).toEqual({ ...none, rejected: 2 })
  expect(later.counts).toEqual({ ...none, created: 2, rejected: 1 })
  expect((await contactsOf(account)).map(({ email }) => email)).toEqual([
    'ada@example.com',
    'hedy@example.com',
  ])
})

test('a contact that exists may not take the address of one who was erased', async ({ account, drain }) => {
  await importFile({ account, drain }, 'Email,Ref\nada@example.com,1\n', {
    columns: { Email: 'email', Ref: 'externalId' },
  })
  const { id } = await account.api.contacts.create({ email: 'grace@example.com' })
  await account.api.contacts.delete(id)
  await drain()
  const { counts } = await importFile({ account, drain }, 'Email,Ref\ngrace@example.com,1\n', {
    columns: { Email: 'email', Ref: 'externalId' },
  })

  expect(counts).toEqual({ ...none, rejected: 1 })
  expect(await contactsOf(account)).toMatchObject([{ email: 'ada@example.com' }])
})

test('an erasure takes the rejected rows of the person with it', async ({ account, drain, server }) => {
  const { id: importId } = await importFile(
    { account, drain },
    'Email,Ref\nADA@Example.com,1\nada@example.com,1\ngrace@,2\n',
    { columns: { Email: 'email', Ref: 'externalId' } },
  )
  const errors = () => server.platform.db.importError.findMany({ where: { importId } })
  expect(await errors()).toHaveLength(2)
  const [ada] = await contactsOf(account)
  await account.api.contacts.delete(ada?.id ?? '')
  await drain()

  expect(await errors()).toMatchObject([{ line: 4 }])
})
