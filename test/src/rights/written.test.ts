/** What an account has written about a person, wherever it can write, in whatever spelling: none of it is left after the erasure. */
import { isJson, isList, searchedTables } from '@envoi/core/erasures/held-columns'
import * as make from '../contract/make.ts'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { linesAbout, person } from './person.ts'
import { dumpDatabase } from './traces.ts'

const { email, phone, externalId, firstName, lastName } = person
const [local = '', domain = ''] = email.split('@')

/** The person, as accounts and their programs write them. */
const spellings = [
  email.toUpperCase(),
  `${local}+news@${domain}`,
  `${local}%40${domain}`,
  `${local}%2540${domain}`,
  `${local}&#64;${domain}`,
  `${local} [at] ${domain.replace('.', ' [dot] ')}`,
  `${local} (at) ${domain}`,
  `${local}_at_${domain}`,
  `${local} at ${domain}`,
  `${local}=40${domain}`,
  '06 12 34 56 78',
  '+33 (0)6.12.34.56.78',
  phone,
  externalId.toUpperCase(),
  `${firstName} ${lastName}`,
  'QUETZAL, Zephyrine',
]
const everything = spellings.map((spelling) => `Met ${spelling}, likes tea`).join('\n')

/** Writes the person into every column of every table that an account writes into, as the registry has them. */
async function fill({ platform }: TestServer, { id: accountId }: TestAccount): Promise<string[]> {
  const filled: string[] = []
  for (const { table, columns } of searchedTables) {
    const sets = columns.map(([column]) => {
      if (isJson(table, column))
        return `${column} = jsonb_build_object('notes', jsonb_build_array($2::text), 'n', 1)`
      return `${column} = ${isList(table, column) ? 'array[$2::text]' : '$2'}`
    })
    const { rowCount } = await platform.direct.query(
      `update "${table}" set ${sets.join(', ')} where account_id = $1`,
      [accountId, everything],
    )
    if (rowCount === 1) filled.push(table)
  }
  return filled
}

async function oneOfEach(scene: make.Scene): Promise<void> {
  const { server, account } = scene
  const { db, newId, clock } = server.platform
  await make.campaign(scene)
  await make.field(scene)
  await make.list(scene)
  await account.api.apiKeys.create({ name: 'CRM', role: 'analyst' })
  await make.anImport(scene)
  await account.api.contacts.create({ email: 'grace@example.com' })
  await account.api.segments.create({ name: 'All', rule: { field: 'locale', op: 'eq', value: 'fr' } })
  await db.verificationChange.deleteMany({ where: { accountId: account.id } })
  const step = {
    kind: 'operator_review',
    number: 1,
    before: 'pending',
    status: 'waived',
    actorType: 'operator',
  } as const
  await db.verificationChange.create({
    data: { accountId: account.id, id: newId(), ...step, at: clock.now() },
  })
}

test('no place where an account can write shows the person any more, and the words around stay', async ({
  server,
  account,
  drain,
}) => {
  const scene = { server, account }
  await oneOfEach(scene)
  expect(await fill(server, account)).toEqual(searchedTables.map(({ table }) => table))
  expect(linesAbout(await dumpDatabase(server)).length).toBeGreaterThanOrEqual(searchedTables.length)
  const { id } = await account.api.contacts.create(person)
  const erasure = await account.api.contacts.delete(id)
  await drain()
  expect(linesAbout(await dumpDatabase(server))).toEqual([])
  const receipt = await account.api.erasures.get(erasure.id)
  expect(receipt).toMatchObject({
    status: 'completed',
    replaced: Object.fromEntries(searchedTables.map(({ table }) => [table, 1])),
    outOfReach: [],
  })
  const [template] = await server.platform.db.template.findMany({ where: { accountId: account.id } })
  expect(template?.html?.split('\n').slice(0, 2)).toEqual([
    'Met erased@erased.invalid, likes tea',
    'Met erased@erased.invalid, likes tea',
  ])
  expect(template?.html?.match(/likes tea/g)).toHaveLength(spellings.length)
  expect(template?.name).toMatch(/^Met erased@erased\.invalid, .* \([0-9a-f]{8}\)$/s)
})

test('a rule that can only have meant the person finds nobody, and one that means others stays', async ({
  account,
  drain,
}) => {
  const { api } = account
  await api.contacts.create({ email: 'zeppelin@example.com', phone: '+33699999999' })
  const { id } = await api.contacts.create(person)
  const is = (field: string, op: 'eq' | 'contains' | 'startsWith', value: string) => ({ field, op, value })
  const meant = [
    is('email', 'contains', local),
    is('email', 'startsWith', 'Zephyrine.Q'),
    is('email', 'contains', `quetzal@${domain}`),
    is('phone', 'eq', phone),
    is('phone', 'startsWith', '+3361234'),
    is('externalId', 'eq', externalId),
    { all: [is('firstName', 'eq', firstName), is('lastName', 'eq', lastName)] },
  ]
  const others = [
    is('email', 'startsWith', 'zep'),
    is('email', 'contains', `@${domain}`),
    is('phone', 'startsWith', '+336'),
    is('lastName', 'eq', lastName),
  ]
  const { id: first } = await api.segments.create({ name: 'Meant', rule: { any: meant } })
  const { id: second } = await api.segments.create({ name: 'Others', rule: { any: others } })
  await api.contacts.delete(id)
  await drain()
  const marked = (await api.segments.get(first)).rule as { any: typeof meant }
  expect(linesAbout([JSON.stringify(marked)])).toEqual([])
  expect(JSON.stringify(marked)).toContain('erased@erased.invalid')
  expect((await api.segments.count(first)).count).toBe(0)
  expect((await api.segments.get(second)).rule).toEqual({ any: others })
})

test('what cannot be changed is counted in the receipt, which names nobody', async ({
  server,
  account,
  drain,
}) => {
  const { api } = account
  const scene = { server, account }
  const purpose = await make.purpose(scene)
  const grace = await api.contacts.create({ email: 'grace@example.com', externalId: `copy of ${email}` })
  const evidence = {
    ...make.evidence(),
    text: `As ${local}%40${domain} asked`,
    url: `https://x.example/?by=${email}`,
  }
  await api.consents.record(grace.id, { purpose, channel: 'email', state: 'granted', evidence })
  const sender = await api.senders.create({ email: 'news@sender.example', name: 'News', replyTo: email })
  await server.platform.db.account.update({
    where: { id: account.id },
    data: { dpo: { name: 'DPO', email } },
  })
  const { id } = await api.contacts.create(person)
  const erasure = await api.contacts.delete(id)
  await drain()
  const receipt = await api.erasures.get(erasure.id)
  expect(receipt.outOfReach.map(({ where, count }) => [where, count])).toEqual([
    ['consent_event', 1],
    ['sender', 1],
    ['account', 1],
    ['external_id', 1],
  ])
  // a sender is somebody who writes for the account: it stays, and the receipt says which
  expect(receipt.outOfReach.map(({ ids }) => ids)).toEqual([[], [sender.id], [], []])
  expect(await api.senders.get(sender.id)).toMatchObject({ replyTo: email })
  const masked = await account.as({ permissions: ['contacts:read', 'templates:read'] })
  expect((await masked.erasures.get(erasure.id)).outOfReach.map(({ ids }) => ids)).toEqual([[], [], [], []])
  expect(linesAbout([JSON.stringify(receipt)])).toEqual([])
  const own = (await dumpDatabase(server)).filter((text) => text.includes(account.id))
  const left = linesAbout(own).map((line) => / in public\.(\w+) /.exec(line)?.[1])
  expect(new Set(left)).toEqual(new Set(['consent_event', 'sender', 'account', 'contact']))
})

test('people of the same name are not told apart by it', async ({ account, drain }) => {
  const { api } = account
  await api.contacts.create({ email: 'other@example.com', firstName, lastName })
  const { id } = await api.contacts.create(person)
  const list = await api.lists.create({ name: `Friends of ${firstName} ${lastName}` })
  await api.contacts.delete(id)
  await drain()
  expect((await api.lists.get(list.id)).name).toBe(`Friends of ${firstName} ${lastName}`)
})
