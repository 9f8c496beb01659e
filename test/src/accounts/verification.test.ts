/** How an account gets from its trial to a place of its own: step by step, each on record. */
import { domainOf } from '../mail/domain-of.ts'
import { describe, expect, type TestAccount, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { confirmOwner, ownerOf, userWith } from '../users/people.ts'

const company = { company: 'Atelier Ada SAS', country: 'FR', registration: '732 829 320' }
const stepsOf = async ({ api }: TestAccount) => {
  const { steps } = await api.verification.get()
  return Object.fromEntries(steps.map(({ kind, status }) => [kind, status]))
}
const historyOf = async ({ api }: TestAccount, kind: string) =>
  (await api.verification.get()).steps.find((step) => step.kind === kind)?.history ?? []

test('an account goes from trial to active by all of its steps, each with who took it, when, from what to what', async ({
  server,
}) => {
  const account = await server.openAccount({ trial: true })
  const { operator } = server.operator
  const none = { owner_email: 'pending', company: 'pending', sender_domain: 'pending' }
  expect(await stepsOf(account)).toEqual({ ...none, operator_review: 'pending' })
  expect(await refusal(operator.approveAccount(account.id))).toMatchObject({
    code: 'verification_incomplete',
  })

  await confirmOwner({ server, account })
  await account.api.account.update({ legal: company })
  await expect(operator.approveAccount(account.id)).rejects.toMatchObject({
    status: 409,
    message: 'Steps are open: sender_domain.',
  })
  const { id } = await account.api.senderDomains.create({ domain: 'atelier-ada.example' })
  await operator.approveSenderDomain(account.id, id)
  expect(await operator.approveAccount(account.id)).toMatchObject({ status: 'active' })

  const verification = await account.api.verification.get()
  const me = await ownerOf({ server, account })
  const passed = { before: 'pending', status: 'passed', reason: null, at: expect.stringMatching(/Z$/) }
  expect(verification).toEqual({
    status: 'active',
    steps: [
      { kind: 'owner_email', status: 'passed', history: [{ ...passed, actor: { type: 'user', id: me } }] },
      { kind: 'company', status: 'passed', history: [{ ...passed, actor: { type: 'user', id: me } }] },
      {
        kind: 'sender_domain',
        status: 'passed',
        history: [{ ...passed, actor: { type: 'operator', id: null } }],
      },
      {
        kind: 'operator_review',
        status: 'passed',
        history: [{ ...passed, actor: { type: 'operator', id: null } }],
      },
    ],
  })
  expect((await operator.getAccount(account.id)).verification).toEqual(verification)
})

describe('an approval', () => {
  test('does without what the operator waives, and keeps why', async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    const { operator } = server.operator
    const { id } = account
    await confirmOwner({ server, account })
    expect(await refusal(operator.approveAccount(id, { waive: ['company'] }))).toEqual({
      code: 'invalid',
      at: ['/reason'],
    })
    const reason = 'Their contract is signed.'
    await expect(operator.approveAccount(id, { waive: ['company'], reason })).rejects.toMatchObject({
      message: 'Steps are open: sender_domain.',
    })
    // nothing of a refused approval stays
    expect(await stepsOf(account)).toMatchObject({ company: 'pending', operator_review: 'pending' })
    await operator.approveAccount(id, { waive: ['company', 'sender_domain', 'owner_email'], reason })
    const steps = {
      owner_email: 'passed',
      company: 'waived',
      sender_domain: 'waived',
      operator_review: 'passed',
    }
    expect(await stepsOf(account)).toEqual(steps)
    expect(await historyOf(account, 'company')).toMatchObject([
      { before: 'pending', status: 'waived', reason, actor: { type: 'operator' } },
    ])
    await account.api.account.update({ legal: company })
    expect(await stepsOf(account)).toMatchObject({ company: 'passed' })
    expect(await historyOf(account, 'company')).toHaveLength(2)
  })

  test('at the same moment as the loss of a step ends as if one had come after the other', async ({
    server,
  }) => {
    const { operator } = server.operator
    const reason = 'Known to us'
    for (let n = 0; n < 3; n += 1) {
      const account = await server.openAccount({ trial: true })
      await account.api.account.update({ legal: company })
      const [approval] = await Promise.allSettled([
        operator.approveAccount(account.id, { waive: ['owner_email', 'sender_domain'], reason }),
        account.api.account.update({ legal: { registration: null } }),
      ])
      expect(await stepsOf(account)).toMatchObject({ company: 'pending' })
      const numbers = await server.platform.db.verificationChange.findMany({
        where: { accountId: account.id, kind: 'company' },
        orderBy: { number: 'asc' },
      })
      expect(numbers.map(({ number, status }) => [number, status])).toEqual([
        [1, 'passed'],
        [2, 'pending'],
      ])
      const { status } = await account.api.verification.get()
      expect(status).toBe(approval.status === 'fulfilled' ? 'active' : 'trial')
    }
  })

  test('that ends a refusal is told apart in the history', async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    const { operator } = server.operator
    await operator.refuseAccount(account.id, { reason: 'No such company.' })
    await operator.reopenAccount(account.id)
    await operator.approveAccount(account.id, {
      waive: ['owner_email', 'company', 'sender_domain'],
      reason: 'They have shown their papers.',
    })
    expect(
      (await historyOf(account, 'operator_review')).map(({ before, status, reason }) => [
        before,
        status,
        reason,
      ]),
    ).toEqual([
      ['pending', 'passed', 'They have shown their papers.'],
      ['refused', 'pending', null],
      ['pending', 'refused', 'No such company.'],
    ])
  })
})

describe('the company', () => {
  test('is named with a number whose check digits fit, in France; elsewhere it is free', async ({
    account,
  }) => {
    const { api } = account
    const update = (legal: Record<string, string | null>) => api.account.update({ legal })
    const wrong = { code: 'invalid', at: ['/legal/registration'] }
    expect(await refusal(update({ ...company, registration: '732829321' }))).toEqual(wrong)
    expect((await api.account.get()).legal).toEqual({})
    expect((await update(company)).legal).toMatchObject({ registration: '732829320' })
    expect(await stepsOf(account)).toMatchObject({ company: 'passed' })
    expect(await refusal(update({ registration: '35600000049838' }))).toEqual(wrong)
    expect((await update({ registration: '356 000 000 49837' })).legal.registration).toBe('35600000049837')
    await update({ country: 'DE', registration: 'HRB 12345 B' })
    // which of the two is new does not matter
    expect(await refusal(update({ country: 'FR' }))).toEqual(wrong)
    expect(await refusal(update({ country: 'ZZ' }))).toEqual({ code: 'invalid', at: ['/legal/country'] })
    expect(await refusal(update({ country: 'fr' }))).toEqual({ code: 'malformed', at: ['/legal/country'] })
    await update({ country: null })
    expect(await stepsOf(account)).toMatchObject({ company: 'pending' })
  })
})

describe('the sender domain', () => {
  test('counts while one is verified, and no longer once the last is lost', async ({ server }) => {
    const account = await server.openAccount({ trial: true })
    const domain = await domainOf(server, account)
    const step = async () => (await stepsOf(account)).sender_domain
    await domain.verify()
    expect(await step()).toBe('pending')
    domain.publish('dkim')
    await domain.verify()
    expect(await step()).toBe('passed')
    domain.dns.publish(domain.record('dkim').name, 'v=DKIM1; k=rsa; p=')
    await domain.verify()
    expect(await step()).toBe('pending')
    const other = await account.api.senderDomains.create({ domain: 'other.example' })
    await server.operator.operator.approveSenderDomain(account.id, other.id)
    expect(await step()).toBe('passed')
    await account.api.senderDomains.delete(other.id)
    expect(await step()).toBe('pending')
    expect(await historyOf(account, 'sender_domain')).toHaveLength(4)
  })
})

test('the step of the owner follows the ownership', async ({ server }) => {
  const account = await server.openAccount({ trial: true })
  const scene = { server, account }
  const step = async () => (await stepsOf(account)).owner_email
  const grace = await userWith(scene, { role: 'admin' })
  expect(await step()).toBe('pending')
  // she accepted an invitation by mail: her address is proven
  await account.api.users.transferOwnership(grace.id)
  expect(await step()).toBe('passed')
  await grace.api.users.transferOwnership(await ownerOf(scene))
  expect(await step()).toBe('pending')
})

test('the operator finds accounts by their status, and reads one', async ({ server, account }) => {
  const { operator } = server.operator
  const refused = await server.openAccount({ trial: true })
  await operator.refuseAccount(refused.id, { reason: 'Spam' })
  const { data } = await operator.listAccounts({ status: 'refused' })
  expect(data.map(({ id }) => id)).toEqual([refused.id])
  const first = await operator.listAccounts({ status: 'active', limit: 1 })
  expect(first.data.map(({ id }) => id)).toEqual([account.id])
  expect(await operator.getAccount(refused.id)).toMatchObject({ status: 'refused', statusReason: 'Spam' })
  expect(await refusal(operator.getAccount(server.platform.newId()))).toMatchObject({ code: 'not_found' })
})
