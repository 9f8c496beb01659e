/** An account that nobody knows yet takes in little, in whatever portions. */
import { trialContacts } from '@envoi/core/accounts/trial-contacts'
import { approve, expect, type TestAccount, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { importFile, none } from './support.ts'

const rows = (count: number, from = 0) =>
  `Email,Name,Ref\n${Array.from({ length: count }, (_, n) => `p${from + n}@example.com,Ada,${from + n}\n`).join('')}`
const people = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({ email: `p${from + n}@example.com` }))
const batch = ({ api }: TestAccount, contacts: { email: string }[]) =>
  api.contacts.batch({ contacts, onConflict: 'update' })
const held = (account: TestAccount, db: { contact: { count(of: object): Promise<number> } }) =>
  db.contact.count({ where: { accountId: account.id } })
const failed = { status: 'failed', failure: { code: 'trial_restricted' }, counts: none }

test('a file above 1,000 rows fails as a whole in a trial, and nothing of it is written', async ({
  server: { openAccount, platform, operator },
  drain,
}) => {
  const account = await openAccount({ trial: true })
  const scene = { account, drain }
  const refused = await importFile(scene, rows(trialContacts + 1))
  expect(refused).toMatchObject(failed)
  expect(refused.failure?.detail).toContain('1000 rows at most')
  expect(await held(account, platform.db)).toBe(0)
  // rows that would be rejected count as well, and a try with nothing written is a file like another
  const broken = `Email,Name,Ref\n${'nonsense,Ada,\n'.repeat(trialContacts + 1)}`
  expect(await importFile(scene, broken, { dryRun: true })).toMatchObject(failed)
  expect(await importFile(scene, rows(trialContacts))).toMatchObject({
    status: 'completed',
    counts: { created: trialContacts },
  })
  expect(await importFile(scene, rows(2, trialContacts - 1))).toMatchObject(failed)
  expect(await held(account, platform.db)).toBe(trialContacts)
  // what is there already can be imported again
  expect(await importFile(scene, rows(trialContacts))).toMatchObject({ status: 'completed' })
  await approve(operator, account.id)
  expect(await importFile(scene, rows(trialContacts + 1))).toMatchObject({
    status: 'completed',
    counts: { created: 1 },
  })
})

test('no portion leads beyond it, not even when they come at once', async ({
  server: { openAccount, platform },
  drain,
}) => {
  const account = await openAccount({ trial: true })
  await batch(account, people(trialContacts - 10))
  const portions = await Promise.allSettled(
    Array.from({ length: 5 }, (_, n) => batch(account, people(6, 5_000 + 10 * n))),
  )
  expect(portions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await held(account, platform.db)).toBe(trialContacts - 4)
  expect(await refusal(batch(account, people(5, 9_000)))).toMatchObject({ code: 'trial_restricted' })
  expect(await importFile({ account, drain }, rows(5, 9_000))).toMatchObject(failed)
  await batch(account, people(4, 9_000))
  expect(await refusal(account.api.contacts.create({ email: 'one-more@example.com' }))).toMatchObject({
    code: 'trial_restricted',
  })
  // who is there can still be changed, and who goes makes room
  const { id } = await account.api.contacts.upsertByEmail('p0@example.com', { firstName: 'Grace' })
  await account.api.contacts.delete(id, { reason: 'cleanup' })
  await drain()
  await account.api.contacts.create({ email: 'one-more@example.com' })
  expect(await held(account, platform.db)).toBe(trialContacts)
})
