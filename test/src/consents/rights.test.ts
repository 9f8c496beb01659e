import * as make from '../contract/make.ts'
import { describe, expect, test } from '../support/fixture.ts'

const history = async ({ account }: make.Scene, contactId: string) =>
  (await account.api.consents.history(contactId)).data.map(({ purpose, state }) => [purpose, state])
const no = () => ({ source: 'letter', collectedAt: new Date().toISOString() })

describe('an objection', () => {
  test('needs no reason, is in force at once, and is in the ledger when lifted', async ({
    server,
    account,
  }) => {
    const scene = { server, account }
    const ada = await make.contact(scene)
    const objection = await account.api.objections.create(ada, { kind: 'marketing', evidence: no() })
    expect(objection).toMatchObject({ kind: 'marketing', evidence: { source: 'letter', text: null } })
    expect((await account.api.contacts.get(ada)).objections).toEqual(['marketing'])
    await account.api.objections.delete(ada, { kind: 'marketing' })
    expect((await account.api.objections.list(ada)).data).toEqual([])
    expect(await history(scene, ada)).toEqual([
      ['objection.marketing', 'withdrawn'],
      ['objection.marketing', 'granted'],
    ])
    const again = account.api.objections.delete(ada, { kind: 'marketing' })
    await expect(again).rejects.toMatchObject({ code: 'not_found' })
  })

  test('said twice is one line', async ({ server, account }) => {
    const scene = { server, account }
    const ada = await make.objecting(scene)
    await account.api.objections.create(ada, { kind: 'marketing', evidence: no() })
    await account.api.objections.create(ada, { kind: 'profiling', evidence: no() })
    expect(await history(scene, ada)).toHaveLength(2)
    expect((await account.api.contacts.get(ada)).objections).toEqual(['marketing', 'profiling'])
  })
})

describe('a restriction', () => {
  test('says since when, why and on what request', async ({ server, account }) => {
    const ada = await make.restricted({ server, account })
    expect(await account.api.restriction.get(ada)).toMatchObject({ reason: 'legal_claims', source: 'letter' })
    expect((await account.api.contacts.get(ada)).restricted).toBe(true)
  })

  test('is lifted only when the person has been informed', async ({ server, account }) => {
    const ada = await make.restricted({ server, account })
    await expect(account.api.restriction.delete(ada)).rejects.toMatchObject({
      code: 'instruction_may_infringe',
      message: expect.stringContaining('art. 18(3)'),
    })
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    const early = account.api.restriction.delete(ada, { informedAt: tomorrow })
    await expect(early).rejects.toMatchObject({ code: 'invalid' })
    await account.api.restriction.delete(ada, { informedAt: new Date().toISOString() })
    expect((await account.api.contacts.get(ada)).restricted).toBe(false)
    await expect(account.api.restriction.get(ada)).rejects.toMatchObject({ code: 'not_found' })
    expect(await history({ server, account }, ada)).toEqual([
      ['restriction', 'withdrawn'],
      ['restriction', 'granted'],
    ])
  })
})

describe('the tracking consent', () => {
  test('is unknown until somebody has asked', async ({ server, account }) => {
    const ada = await make.contact({ server, account })
    expect(await account.api.tracking.get(ada)).toEqual({ state: 'unknown', changedAt: null, evidence: null })
  })

  test('granted with its proof, then withdrawn at once', async ({ server, account }) => {
    const ada = await make.tracked({ server, account })
    expect(await account.api.tracking.get(ada)).toMatchObject({
      state: 'granted',
      evidence: { textVersion: '1' },
    })
    await account.api.tracking.delete(ada)
    expect((await account.api.contacts.get(ada)).tracking).toBe('withdrawn')
  })

  test('an older yes does not undo a no', async ({ server, account }) => {
    const ada = await make.contact({ server, account })
    await account.api.tracking.record(ada, { state: 'refused', evidence: no() })
    const evidence = { ...make.evidence(), collectedAt: '2026-01-01T00:00:00Z' }
    const stale = account.api.tracking.record(ada, { state: 'granted', evidence })
    await expect(stale).rejects.toMatchObject({ code: 'invalid' })
    expect((await account.api.tracking.get(ada)).state).toBe('refused')
  })

  test('a yes without the words that were shown is refused', async ({ server, account }) => {
    const ada = await make.contact({ server, account })
    const bare = account.api.tracking.record(ada, { state: 'granted', evidence: no() })
    await expect(bare).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/evidence/text' }] })
  })
})

describe('behind the back of the triggers, it is seen when', () => {
  const cases = [
    ['the last line is deleted', 'delete from consent_event where contact_id = $1 and sequence = 2', 2],
    ['tracking is set by hand', `update contact set tracking = 'granted' where id = $1`, 1],
    ['an objection is taken away', `update contact set objections = '{}' where id = $1`, 2],
    ['a restriction has no line', 'update contact set restricted_at = now() where id = $1', 3],
  ] as const
  for (const [what, sql, sequence] of cases) {
    test(what, async ({ server, account }) => {
      const ada = await make.contact({ server, account })
      await account.api.tracking.record(ada, { state: 'refused', evidence: no() })
      await account.api.objections.create(ada, { kind: 'marketing', evidence: no() })
      expect(await account.api.consents.integrity()).toMatchObject({ verified: true, lines: 2, contacts: 1 })
      const client = await server.platform.direct.connect()
      try {
        await client.query('begin; set local session_replication_role = replica')
        await client.query(sql, [ada])
        await client.query('commit')
      } finally {
        client.release()
      }
      const problem = sql.startsWith('delete') ? 'tail_missing' : 'state_changed'
      const firstBreak = { contactId: ada, sequence, problem, lineId: null, seal: null }
      expect(await account.api.consents.integrity()).toMatchObject({ verified: false, firstBreak })
      expect((await account.api.consents.history(ada)).integrity).toEqual({ verified: false, firstBreak })
    })
  }
})
