import { expect, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { columns, contactsOf, none, plain } from './support.ts'

const file = 'Email,Name,Ref\nada@example.com,Ada,1\n'

const importRow = ({ platform }: TestServer, id: string) =>
  platform.db.import.findFirstOrThrow({ where: { id } })

test('an import that fails again and again ends, says so, and keeps nothing of its file', async ({
  server,
  account,
  drain,
}) => {
  const { id } = await account.api.imports.create(plain)
  await account.api.imports.upload(id, file)
  // what no statement can write: as a fault of ours would be
  const origin = { source: 'file', collectedAt: '0000-01-01T00:00:00Z' }
  await server.platform.db.import.updateMany({ where: { id }, data: { origin } })
  await drain()
  const job = { accountId: account.id, name: 'imports.run' }
  expect(await server.platform.db.outbox.findFirst({ where: job })).toMatchObject({ failures: 1 })
  await server.platform.db.outbox.updateMany({ where: job, data: { failures: 8 } })
  for (const status of ['running', 'failed']) {
    server.platform.clock.advance(5 * 60_000)
    await drain()
    expect((await account.api.imports.get(id)).status).toBe(status)
  }

  expect(await account.api.imports.get(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'import_failed' },
    counts: none,
  })
  expect(await importRow(server, id)).toMatchObject({ fileKey: null })
  expect(await server.platform.db.importRow.count({ where: { importId: id } })).toBe(0)
  expect(await contactsOf(account)).toEqual([])
})

test('an import whose file is gone from the store ends at once', async ({ server, account, drain }) => {
  const { id } = await account.api.imports.create(plain)
  await account.api.imports.upload(id, file)
  await server.platform.files.delete((await importRow(server, id)).fileKey ?? '')
  await drain()
  expect(await account.api.imports.get(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'file_missing' },
  })
})

test('a target that does not exist is refused whatever its column is called', async ({ server, account }) => {
  for (const header of ['Name', 'Na\nme', 'Na\u2028me']) {
    const mapping = { ...plain, columns: { ...columns, [header]: 'nowhere' } }
    const { status, body } = await request(`${server.url}/v1/imports`, {
      token: account.accessToken,
      body: mapping,
    })
    expect([status, body.code], header).toEqual([400, 'malformed'])
  }
  const wide = { ...plain, columns: { ...columns, ['x'.repeat(201)]: 'ignore' } }
  const { status } = await request(`${server.url}/v1/imports`, { token: account.accessToken, body: wide })
  expect(status).toBe(400)
})

test('a header of several lines can be mapped', async ({ account, drain }) => {
  const { id } = await account.api.imports.create({ ...plain, columns: { 'E\nmail': 'email' } })
  await account.api.imports.upload(id, '"E\nmail"\nada@example.com\n')
  await drain()
  expect((await account.api.imports.get(id)).counts).toEqual({ ...none, created: 1 })
})
