import { createEnvoi } from '@envoi/sdk'
import { expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'

test('the retention is three years until it is set to another time', async ({ account: { api } }) => {
  expect((await api.account.get()).retention).toMatchObject({ default: 'P3Y' })
  await api.account.update({ retention: { default: 'P18M' } })
  expect((await api.account.get()).retention).toMatchObject({ default: 'P18M' })
  expect(await refusal(api.account.update({ retention: { default: 'P0D' } }))).toEqual({
    code: 'invalid',
    at: ['/retention/default'],
  })
  expect(await refusal(api.account.update({ retention: { default: '3 years' } }))).toEqual({
    code: 'malformed',
    at: ['/retention/default'],
  })
})

test('members of what the law asks for are merged, and removed by null', async ({ account: { api } }) => {
  await api.account.update({
    legal: { company: 'Atelier Ada SAS', registration: '732829320' },
    dpo: { name: 'Camille Martin', email: 'dpo@example.com' },
  })
  await api.account.update({ legal: { registration: null, address: 'Paris' }, dpo: { email: null } })
  expect(await api.account.get()).toMatchObject({
    legal: { company: 'Atelier Ada SAS', address: 'Paris' },
    dpo: { name: 'Camille Martin' },
  })
  const { legal, dpo } = await api.account.get()
  expect([Object.keys(legal), Object.keys(dpo)]).toEqual([['company', 'address'], ['name']])
})

test('the terms that were accepted, when and from where, can be read', async ({ server, account }) => {
  const { terms, createdAt } = await account.api.account.get()
  const accepted = { version: '2026-01', acceptedAt: createdAt, address: '127.0.0.1' }
  expect(terms).toEqual(accepted)
  expect((await server.operator.operator.getAccount(account.id)).terms).toEqual(accepted)
})

test('the password generated for the owner logs them in, and is strong enough to be chosen', async ({
  server,
}) => {
  const anyone = createEnvoi({ baseUrl: server.url })
  const owner = {
    email: `owner-${server.platform.newId()}@example.com`,
    firstName: 'Ada',
    lastName: 'Lovelace',
  }
  const { password = '' } = await anyone.accounts.create({
    name: 'Atelier Ada',
    locale: 'fr-FR',
    timezone: 'Europe/Paris',
    owner,
    termsVersion: '2026-01',
  })
  expect(password.length).toBeGreaterThanOrEqual(16)
  const { accessToken } = await anyone.sessions.create({ email: owner.email, password })
  expect((await anyone.with(accessToken).account.get()).name).toBe('Atelier Ada')
})

test('changes that meet are both made, unless they ask for a version', async ({ account: { api } }) => {
  const field = await api.fields.create({ key: 'tags', label: 'Tags', type: 'choice', choices: ['a'] })
  const list = await api.lists.create({ name: 'Fair' })
  const { id: me } = await api.users.me()
  for (let round = 0; round < 5; round += 1) {
    const name = `${round}`
    await Promise.all([
      api.account.update({ legal: { company: name } }),
      api.account.update({ legal: { address: name } }),
      api.fields.update(field.id, { label: name }),
      api.fields.update(field.id, { choices: [name] }),
      api.lists.update(list.id, { name: `Fair ${name}` }),
      api.lists.update(list.id, { name: `Market ${name}` }),
      api.users.updateMe({ firstName: `Ada ${name}` }),
      api.users.updateMe({ lastName: `L ${name}` }),
    ])
    expect((await api.account.get()).legal).toEqual({ company: name, address: name })
    expect(await api.fields.get(field.id)).toMatchObject({ label: name, choices: [name] })
    expect(await api.users.get(me)).toMatchObject({ firstName: `Ada ${name}`, lastName: `L ${name}` })
  }
})
