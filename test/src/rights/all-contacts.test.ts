/** What an erasure asks of all contacts, it asks by pages. */
import { asSystem } from '@envoi/core'
import { byPages } from '@envoi/core/erasures/by-pages'
import { ruleFragments } from '@envoi/core/erasures/rule-fragments'
import { expect, test } from '../support/fixture.ts'

const nobody = { email: null, phone: null, externalId: null, firstName: null, lastName: null }

test('pages of contacts hold each of them once, end when there is nothing left to ask, and stop when told so', async ({
  server,
  account,
}) => {
  for (let n = 0; n < 7; n++) await account.api.contacts.create({ email: `p${n}@example.com` })
  const context = asSystem(server.platform, account.id, 'test')
  const { signal } = new AbortController()
  const seen: string[][] = []
  const read = async (page: Parameters<Parameters<typeof byPages>[2]>[0]) => {
    const rows = await context.db.$queryRaw<{ email: string }[]>`
      select email from contact as held where ${page} order by id`
    seen.push(rows.map(({ email }) => email))
  }
  await byPages(context, { table: 'contact', size: 3, signal }, read)
  expect(seen.map(({ length }) => length)).toEqual([3, 3, 1])
  expect(seen.flat()).toEqual(Array.from({ length: 7 }, (_, n) => `p${n}@example.com`))
  let pages = 0
  await byPages(context, { table: 'contact', size: 3, signal }, async () => ++pages < 1)
  expect(pages).toBe(1)
  const stopped = AbortSignal.abort(new Error('stopped'))
  await expect(byPages(context, { table: 'contact', size: 3, signal: stopped }, read)).rejects.toThrow(
    'stopped',
  )
})

test('a part of an address that somebody has who is left means nobody, wherever in the account they are', async ({
  server,
  account,
}) => {
  const { api } = account
  for (const email of ['zeno@example.com', 'ada.other@example.com']) await api.contacts.create({ email })
  const is = (value: string) => ({ field: 'email', op: 'contains' as const, value })
  await api.segments.create({ name: 'Parts', rule: { any: [is('ada.'), is('ada.lovelace')] } })
  const { whoIs } = await ruleFragments(
    asSystem(server.platform, account.id, 'test'),
    [{ ...nobody, email: 'ada.lovelace@example.com' }],
    new AbortController().signal,
  )
  expect([whoIs('email', 'ada.'), whoIs('email', 'ada.lovelace')]).toEqual([[], [0]])
})
