import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, type TestAccount, test } from '../support/fixture.ts'
import { columns, contactsOf, importFile, none, plain } from './support.ts'

test('a file becomes contacts, with where they were collected', async ({ account, drain }) => {
  const file =
    '\uFEFFEmail;Name;Ref\r\nADA@Example.com;Ada;1\r\ngrace@example.com;"Grace ""B"", Hopper";2\r\n'
  const ended = await importFile({ account, drain }, file)

  expect(ended).toMatchObject({
    status: 'completed',
    progress: { done: 2, total: 2 },
    counts: { ...none, created: 2 },
    failure: null,
  })
  expect(ended.errors).toBe('line,code,detail,row\r\n')
  const [ada, grace] = await contactsOf(account)
  expect(ada).toMatchObject({
    email: 'ada@example.com',
    firstName: 'Ada',
    externalId: '1',
    origin: { source: 'newsletter form', detail: null, collectedAt: '2025-03-01T09:00:00.000Z' },
  })
  expect(grace).toMatchObject({ email: 'grace@example.com', firstName: 'Grace "B", Hopper', externalId: '2' })
})

test('the same file again changes nothing', async ({ account, drain }) => {
  const file = 'Email,Name,Ref\nada@example.com,Ada,1\ngrace@example.com,Grace,2\n'
  await importFile({ account, drain }, file)
  const before = await contactsOf(account)
  const again = await importFile({ account, drain }, file)

  expect(again.counts).toEqual({ ...none, unchanged: 2 })
  expect(await contactsOf(account)).toEqual(before)
})

test('a contact is known by its external id, else by its email; an empty cell leaves what is there', async ({
  account,
  drain,
}) => {
  await importFile(
    { account, drain },
    'Email,Name,Ref\nada@example.com,Ada,1\ngrace@example.com,Grace,\nhedy@example.com,Hedy,3',
  )
  const { counts, errors } = await importFile(
    { account, drain },
    'Email,Name,Ref\nada@new.example,,1\ngrace@example.com,Grace H.,2\nhedy@example.com,Hedy,4\n',
  )

  expect(counts).toEqual({ ...none, updated: 2, rejected: 1 })
  expect(errors).toContain('4,conflict,the external id is not that of the contact with this email')
  expect(await contactsOf(account)).toMatchObject([
    { email: 'ada@new.example', firstName: 'Ada', externalId: '1' },
    { email: 'grace@example.com', firstName: 'Grace H.', externalId: '2' },
    { email: 'hedy@example.com', externalId: '3' },
  ])
})

test('of several lines about one contact the last one counts, the others are told', async ({
  account,
  drain,
}) => {
  const { counts, errors } = await importFile(
    { account, drain },
    'Email,Name,Ref\nada@example.com,A,\nADA@example.com,Ad,\ngrace@example.com,Grace,7\nada@example.com,Ada,\nother@example.com,Other,7\n',
  )

  expect(counts).toEqual({ ...none, created: 2, rejected: 3 })
  expect(errors.split('\r\n').slice(1, 4)).toEqual([
    '2,duplicate_in_file,line 5 is about the same contact,"ada@example.com,A,"',
    '3,duplicate_in_file,line 5 is about the same contact,"ADA@example.com,Ad,"',
    '4,duplicate_in_file,line 6 is about the same contact,"grace@example.com,Grace,7"',
  ])
  expect(await contactsOf(account)).toMatchObject([{ firstName: 'Ada' }, { firstName: 'Other' }])
})

test('onConflict skip leaves contacts that exist as they are', async ({ account, drain }) => {
  await importFile({ account, drain }, 'Email,Name,Ref\nada@example.com,Ada,1\n')
  const { counts } = await importFile(
    { account, drain },
    'Email,Name,Ref\nada@example.com,Other,1\ngrace@example.com,Grace,2\n',
    { onConflict: 'skip' },
  )

  expect(counts).toEqual({ ...none, created: 1, skipped: 1 })
  expect(await contactsOf(account)).toMatchObject([{ firstName: 'Ada' }, { firstName: 'Grace' }])
})

test('a dry run counts as the import does, and writes nothing', async ({ account, drain }) => {
  await importFile({ account, drain }, 'Email,Name,Ref\nada@example.com,Ada,1\nhedy@example.com,Hedy,3\n')
  const before = await contactsOf(account)
  const file =
    'Email,Name,Ref\nada@example.com,Ada L.,1\nhedy@example.com,Hedy,3\ngrace@example.com,Grace,2\nnobody,,\n'
  const dry = await importFile({ account, drain }, file, { dryRun: true })

  expect(await contactsOf(account)).toEqual(before)
  expect(dry.counts).toEqual({ ...none, created: 1, updated: 1, unchanged: 1, rejected: 1 })
  expect(dry.errors).toContain('5,invalid_email')
  expect((await importFile({ account, drain }, file)).counts).toEqual(dry.counts)
})

test('a rejected row is told with its line, a code, the reason and itself, without a formula', async ({
  account,
  drain,
}) => {
  const { counts, errors } = await importFile(
    { account, drain },
    `Email,Name,Ref\nada@,Ada,\n"=HYPERLINK(""https://evil.example"")",Eve,\n,Nobody,\ntoo@many.example,x,y,z\n`,
  )

  expect(counts).toEqual({ ...none, rejected: 4 })
  expect(errors.split('\r\n').slice(1, 5)).toEqual([
    '2,invalid_email,“Email”: the part after @ is not a domain name,"ada@,Ada,"',
    expect.stringMatching(/^3,invalid_email,.*,"""=HYPERLINK/),
    '4,missing_identifier,"an email, a phone or an external id is required",",Nobody,"',
    expect.stringMatching(/^5,cell_count,/),
  ])
})

test('without contacts:reveal the rejected rows themselves are not shown', async ({ account, drain }) => {
  const { id } = await importFile({ account, drain }, 'Email,Name,Ref\nada@,Ada,\n')
  const blind = await account.as({ permissions: ['contacts:import', 'contacts:read'] })

  expect(await new Response(await blind.imports.errors(id)).text()).not.toContain('Ada')
})

test('without contacts:reveal, a value that was there already counts as updated, and is', async ({
  account,
  drain,
}) => {
  const { api } = account
  await api.fields.create({ key: 'note', label: 'Note', type: 'text' })
  await api.fields.create({ key: 'score', label: 'Score', type: 'number' })
  const made = { email: 'ada@example.com', firstName: 'Ada', attributes: { note: 'vegan', score: 1 } }
  const { id } = await api.contacts.create(made)
  const blind = await account.as({ permissions: ['contacts:import', 'contacts:read'] })
  const guess = async (name: string, value: string, by: { creates: typeof api; uploads: typeof api }) => {
    const { updatedAt } = await api.contacts.get(id)
    const mapping = { ...plain, columns: { Email: 'email', Value: name } }
    const work = await by.creates.imports.create(mapping)
    await by.uploads.imports.upload(work.id, `Email,Value\nada@example.com,${value}\n`)
    await drain()
    const { updated, unchanged } = (await api.imports.get(work.id)).counts
    const isTouched = (await api.contacts.get(id)).updatedAt !== updatedAt
    return { updated, unchanged, isTouched }
  }
  const told = { updated: 1, unchanged: 0, isTouched: true }
  const nothing = { updated: 0, unchanged: 1, isTouched: false }
  const alone = { creates: blind, uploads: blind }
  expect(await guess('firstName', 'Ada', alone)).toEqual(told)
  expect(await guess('attributes.note', 'vegan', alone)).toEqual(told)
  expect(await guess('firstName', 'Ada', { creates: api, uploads: blind })).toEqual(told)
  // what they see, and what others see who may
  expect(await guess('attributes.score', '1', alone)).toEqual(nothing)
  expect(await guess('firstName', 'Ada', { creates: api, uploads: api })).toEqual(nothing)
})

test('compressed files and NDJSON are taken as well', async ({ account, drain }) => {
  const csv = await importFile({ account, drain }, gzipSync('Email,Name,Ref\nada@example.com,Ada,1\n'), {
    gzip: true,
  })
  const ndjson = await importFile(
    { account, drain },
    '{"Email":"grace@example.com","Ref":2}\n{"Email":"hedy@example.com","Nickname":"H"}\nnothing\n',
    { format: 'ndjson' },
  )

  expect(csv.counts).toEqual({ ...none, created: 1 })
  expect(ndjson.counts).toEqual({ ...none, created: 1, rejected: 2 })
  expect(ndjson.errors).toMatch(/2,column_unmapped.*\r\n3,invalid_json/)
})

describe('the mapping', () => {
  test('must be possible, and says where it is not', async ({ account }) => {
    const refused = account.api.imports.create({
      ...plain,
      columns: {
        A: 'firstName',
        B: 'firstName',
        'C/D': 'attributes.unknown',
        E: 'consents.newsletter.email.collectedAt',
        '*': 'email',
      },
      lists: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
      consents: [{ purpose: 'newsletter', channel: 'email', evidence: {} }],
    })

    await expect(refused).rejects.toMatchObject({ code: 'invalid' })
    const { errors } = await refused.catch((error) => error.problem ?? error)
    expect(errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/columns/*',
      '/columns/B',
      '/columns/C~1D',
      '/columns/E',
      '/consents/0/purpose',
      '/lists/0',
    ])
  })

  test('must cover every column of the file', async ({ account, drain }) => {
    const file = 'Email,Name,Ref,Country\nada@example.com,Ada,1,FR\n'
    const uncovered = await importFile({ account, drain }, file)
    const named = await importFile({ account, drain }, file, { columns: { ...columns, Country: 'ignore' } })
    const others = await importFile({ account, drain }, file, { columns: { Email: 'email', '*': 'ignore' } })

    expect(uncovered).toMatchObject({
      status: 'failed',
      failure: { code: 'column_unmapped', line: 1 },
      counts: none,
    })
    expect(uncovered.failure?.detail).toContain('“Country”')
    expect(named.counts).toEqual({ ...none, created: 1 })
    expect(others.counts).toEqual({ ...none, unchanged: 1 })
  })

  test('must not name columns that the file lacks', async ({ account, drain }) => {
    const { status, failure } = await importFile({ account, drain }, 'Email,Name\nada@example.com,Ada\n')
    expect({ status, failure }).toMatchObject({
      status: 'failed',
      failure: { code: 'column_missing', line: 1 },
    })
  })

  test('takes the types of declared fields', async ({ account, drain, server }) => {
    const { db, newId } = server.platform
    const now = new Date()
    const field = { accountId: account.id, createdAt: now, updatedAt: now }
    await db.field.createMany({
      data: [
        { ...field, id: newId(), key: 'score', label: 'Score', type: 'number' },
        {
          ...field,
          id: newId(),
          key: 'tags',
          label: 'Tags',
          type: 'choices',
          choices: ['new', 'vip', 'old'],
        },
      ],
    })
    const { counts, errors } = await importFile(
      { account, drain },
      'Email,Score,Tags\nada@example.com,12.5,"vip, new"\ngrace@example.com,many,\n',
      { columns: { Email: 'email', Score: 'attributes.score', Tags: 'attributes.tags' } },
    )

    expect(counts).toEqual({ ...none, created: 1, rejected: 1 })
    expect(errors).toContain('3,invalid_number,"“Score”: a number is expected')
    expect((await contactsOf(account))[0]?.attributes).toEqual({ score: 12.5, tags: ['new', 'vip'] })
  })
})

describe('the file', () => {
  const filesOf = async (
    server: { platform: { settings: { dataDir: string } } },
    account: TestAccount,
    id: string,
  ) => readdir(join(server.platform.settings.dataDir, 'files', account.id, 'imports', id)).catch(() => [])

  test('is taken once', async ({ account, drain }) => {
    const { id } = await importFile({ account, drain }, 'Email,Name,Ref\nada@example.com,Ada,1\n')
    await expect(account.api.imports.upload(id, 'again')).rejects.toMatchObject({ code: 'import_has_file' })
  })

  test('leaves nothing when its upload breaks off, and can be sent again', async ({
    account,
    drain,
    server,
  }) => {
    const { id } = await account.api.imports.create(plain)
    async function* broken() {
      yield Buffer.from('Email,Name,Ref\n')
      throw new Error('the cable was pulled')
    }
    await expect(account.api.imports.upload(id, broken())).rejects.toThrow()
    await expect.poll(() => filesOf(server, account, id)).toEqual([])
    expect(await account.api.imports.get(id)).toMatchObject({ status: 'awaiting_file' })

    await account.api.imports.upload(id, 'Email,Name,Ref\nada@example.com,Ada,1\n')
    await drain()
    expect((await account.api.imports.get(id)).counts).toEqual({ ...none, created: 1 })
  })

  test('is deleted as soon as the import has ended', async ({ account, drain, server }) => {
    const { id } = await account.api.imports.create(plain)
    await account.api.imports.upload(id, 'Email,Name,Ref\nada@example.com,Ada,1\n')
    expect(await filesOf(server, account, id)).toHaveLength(1)
    await drain()

    expect(await filesOf(server, account, id)).toEqual([])
    expect(await server.platform.db.importRow.count({ where: { importId: id } })).toBe(0)
  })
})

test('an import that is cancelled before it runs writes nothing', async ({ account, drain, server }) => {
  const { id } = await account.api.imports.create(plain)
  await account.api.imports.upload(id, 'Email,Name,Ref\nada@example.com,Ada,1\n')
  expect(await account.api.imports.cancel(id)).toMatchObject({ status: 'cancelled' })
  expect(await account.api.imports.cancel(id)).toMatchObject({ status: 'cancelled' })
  await drain()

  expect(await contactsOf(account)).toEqual([])
  expect(await server.platform.db.import.findFirst({ where: { id } })).toMatchObject({ fileKey: null })
})

test('an import that has ended cannot be cancelled', async ({ account, drain }) => {
  const { id } = await importFile({ account, drain }, 'Email,Name,Ref\nada@example.com,Ada,1\n')
  await expect(account.api.imports.cancel(id)).rejects.toMatchObject({ code: 'import_ended' })
})

test('error rows are forgotten 30 days after the end, and uploads that never come are cancelled', async ({
  account,
  drain,
  server,
}) => {
  const rejected = await importFile({ account, drain }, 'Email,Name,Ref\nada@,Ada,\n')
  const { id } = await account.api.imports.create(plain)
  server.platform.clock.advance(29 * 86_400_000)
  await drain()
  expect(await server.platform.db.importError.count({ where: { importId: rejected.id } })).toBe(1)
  expect((await server.platform.db.import.findFirst({ where: { id } }))?.status).toBe('cancelled')

  server.platform.clock.advance(2 * 86_400_000)
  await drain()
  expect(await server.platform.db.importError.count({ where: { importId: rejected.id } })).toBe(0)
})
