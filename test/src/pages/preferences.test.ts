import * as make from '../contract/make.ts'
import { describe, expect, test } from '../support/recorded.ts'
import { linksOf, post, stateOf, subscriber } from './support.ts'

/** What the form of the page would send as it is: what is ticked, and what it says it showed. */
async function formOf(url: string) {
  const page = await (await fetch(`${url}?lang=en`)).text()
  const values = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, value]) => value ?? '')
  return {
    page,
    all: values(/type="checkbox" id="[^"]*" name="wanted" value="([^"]*)"/g),
    ticked: values(/name="wanted" value="([^"]*)" checked/g),
    shown: values(/name="shown" value="([^"]*)"/g),
  }
}

const submit = (url: string, shown: string[], wanted: string[]) =>
  post(`${url}?lang=en`, [
    ...shown.map((key): [string, string] => ['shown', key]),
    ...wanted.map((key): [string, string] => ['wanted', key]),
  ])

const soft = {
  legalBasis: 'legitimate_interests',
  assessment: 'LIA-1',
  eprivacyGround: 'soft_opt_in',
} as const

test('what is ticked is what is in force, and nothing else', async ({ server, account }) => {
  const scene = { server, account }
  const ada = await subscriber(scene, { phone: '+33612345678' })
  const other = await make.purpose(scene)
  const regulars = await make.purpose(scene)
  await account.api.purposes.update(regulars, { ...soft, channels: ['email', 'sms'] })
  const { all, ticked, shown } = await formOf(ada.links.preferences)
  const everyBox = [
    `${ada.purpose} email`,
    `${other} email`,
    `${regulars} email`,
    `${regulars} sms`,
    'tracking',
    'objection marketing',
    'objection profiling',
  ]
  expect(all.toSorted()).toEqual(everyBox.toSorted())
  expect(ticked.toSorted()).toEqual(
    [`${ada.purpose} email`, `${regulars} email`, `${regulars} sms`].toSorted(),
  )
  expect(shown).toEqual(ticked)
})

test('what the contract commands is not offered as a choice', async ({ server, account }) => {
  const scene = { server, account }
  const ada = await subscriber(scene)
  const invoices = await make.purpose(scene)
  await account.api.purposes.update(invoices, { legalBasis: 'contract', eprivacyGround: 'non_marketing' })
  expect((await formOf(ada.links.preferences)).all).not.toContain(`${invoices} email`)
})

test('saved as it is, it changes nothing', async ({ server, account }) => {
  const ada = await subscriber({ server, account })
  const { shown, ticked } = await formOf(ada.links.preferences)
  expect((await submit(ada.links.preferences, shown, ticked)).status).toBe(200)
  expect((await account.api.consents.history(ada.id)).data).toHaveLength(1)
})

test('a change is recorded with its words, its time and its address', async ({ server, account }) => {
  const ada = await subscriber({ server, account })
  const { shown } = await formOf(ada.links.preferences)
  await submit(ada.links.preferences, shown, ['tracking', 'objection marketing'])
  const { data, integrity } = await account.api.consents.history(ada.id)
  expect(integrity.verified).toBe(true)
  const proof = { source: 'preference page', ip: '127.0.0.1' }
  expect(
    data.slice(0, 3).map(({ purpose, state, evidence, actor }) => ({ purpose, state, evidence, actor })),
  ).toEqual(
    [
      ['tracking', 'granted', expect.stringContaining('I agree that the messages I open')],
      ['objection.marketing', 'granted', expect.stringContaining('I object')],
      [ada.purpose, 'withdrawn', 'We write to you once a month.'],
    ].map(([purpose, state, text]) => ({
      purpose,
      state,
      evidence: expect.objectContaining({ ...proof, text }),
      actor: { type: 'contact', id: ada.id },
    })),
  )
  const contact = await account.api.contacts.get(ada.id)
  expect(contact).toMatchObject({ tracking: 'granted', objections: ['marketing'] })
  const after = await formOf(ada.links.preferences)
  expect(after.ticked).toEqual(['tracking', 'objection marketing'])
  await submit(ada.links.preferences, after.shown, [])
  expect(await account.api.contacts.get(ada.id)).toMatchObject({ tracking: 'withdrawn', objections: [] })
})

test('a page left open does not bring back what was withdrawn meanwhile', async ({ server, account }) => {
  const scene = { server, account }
  const ada = await subscriber(scene)
  const stale = await formOf(ada.links.preferences)
  await post(ada.links.unsubscribe)
  await submit(ada.links.preferences, stale.shown, [...stale.ticked, 'tracking'])
  expect(await stateOf(scene, ada)).toBe('withdrawn')
  expect((await account.api.tracking.get(ada.id)).state).toBe('granted')
})

test('who comes back is in again; by double opt-in, once they have confirmed', async ({
  server,
  account,
}) => {
  const scene = { server, account }
  const ada = await subscriber(scene)
  await post(ada.links.unsubscribe)
  await submit(ada.links.preferences, [], [`${ada.purpose} email`])
  expect(await stateOf(scene, ada)).toBe('granted')
  await post(ada.links.unsubscribe)
  await account.api.purposes.update(ada.purpose, { doubleOptIn: true })
  await submit(ada.links.preferences, [], [`${ada.purpose} email`])
  expect(await stateOf(scene, ada)).toBe('pending')
  expect((await formOf(ada.links.preferences)).page).toContain('Waiting for your confirmation')
})

describe('an address that was barred', () => {
  test('on request opens for what the person chooses, and for nothing else', async ({ server, account }) => {
    const scene = { server, account }
    const ada = await subscriber(scene)
    const regulars = await make.purpose(scene)
    await account.api.purposes.update(regulars, soft)
    await account.api.suppressions.create({ channel: 'email', value: ada.email, reason: 'unsubscribe' })
    const { ticked } = await formOf(ada.links.preferences)
    expect(ticked).toEqual([])
    await submit(ada.links.preferences, [], [`${ada.purpose} email`])
    expect((await account.api.suppressions.list()).data).toEqual([])
    expect((await formOf(ada.links.preferences)).ticked).toEqual([`${ada.purpose} email`])
    const states = (await account.api.consents.list(ada.id)).data.map(({ purpose, state }) => [
      purpose,
      state,
    ])
    expect(Object.fromEntries(states)).toEqual({ [ada.purpose]: 'granted', [regulars]: 'refused' })
  })

  test('by the account or by a bounce stays barred', async ({ server, account }) => {
    const scene = { server, account }
    const ada = await subscriber(scene)
    await account.api.suppressions.create({ channel: 'email', value: ada.email, reason: 'manual' })
    await post(ada.links.unsubscribe)
    await submit(ada.links.preferences, [], [`${ada.purpose} email`])
    expect((await account.api.suppressions.list()).data).toHaveLength(1)
  })
})

test('boxes that do not exist are nobody’s', async ({ server, account }) => {
  const scene = { server, account }
  const ada = await subscriber(scene)
  const foreign = await server.openAccount()
  const theirs = await make.purpose({ server, account: foreign })
  const { shown, ticked } = await formOf(ada.links.preferences)
  const response = await submit(ada.links.preferences, shown, [
    ...ticked,
    `${theirs} email`,
    'x',
    '',
    'objection x',
  ])
  expect(response.status).toBe(200)
  expect((await account.api.consents.history(ada.id)).data).toHaveLength(1)
})

test('the links of one account do nothing in another', async ({ server, account }) => {
  const other = await server.openAccount()
  const ada = await subscriber({ server, account })
  const crossed = await linksOf({ server, account: other }, ada.id, null)
  for (const url of [crossed.unsubscribe, crossed.preferences]) expect((await post(url)).status).toBe(404)
})
