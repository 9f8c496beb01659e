/** What an account in trial may ask for in a day, operation by operation, as the contract says. */
import { exampleOf, trialLimitOf } from '@envoi/openapi'
import { test as base, describe, expect, type TestAccount } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { allOperations, fillPath, isMutation, type NamedOperation } from './operations.ts'

const test = base.extend<{ trial: TestAccount }>({
  trial: [async ({ server }, use) => use(await server.openAccount({ trial: true })), { scope: 'file' }],
})

const isOfAccounts = ({ operation: { access } }: NamedOperation) =>
  access !== 'public' && access !== 'operator'
const adding = allOperations.filter(
  (named) => isOfAccounts(named) && isMutation(named) && named.operation.method !== 'DELETE',
)

test('what adds or changes something is counted: by request, or by a rule that it declares', () => {
  for (const { id, operation } of adding)
    if (trialLimitOf(operation) === undefined)
      expect([id, operation.trialLimit, operation.errors]).toEqual([
        id,
        'counted',
        expect.arrayContaining(['trial_restricted']),
      ])
})

describe('an account in trial that has asked as often as it may is refused', () => {
  for (const { id, operation } of adding) {
    const limit = trialLimitOf(operation)
    if (limit === undefined) continue
    test(id, async ({ server, trial }) => {
      const { limitedAct } = server.platform.db
      const kind = `${id} asked`
      const values = Object.fromEntries(
        Object.entries(operation.params?.properties ?? {}).map(([name, schema]) => [
          name,
          String(exampleOf(schema)),
        ]),
      )
      const [type, content] = Object.entries(operation.upload ?? {})[0] ?? []
      const { accessToken: token } = await trial.login()
      const ask = () =>
        request(server.url + fillPath(operation.path, values), {
          method: operation.method,
          token,
          ...(operation.body === undefined ? {} : { body: exampleOf(operation.body) }),
          ...(type === undefined ? {} : { headers: { 'content-type': type }, body: content ?? '' }),
        })
      const at = server.platform.clock.now()
      const asked = { accountId: trial.id, id: server.platform.newId(), kind, amount: limit - 1, at }
      await limitedAct.create({ data: asked })
      // one is left: it counts, whatever it is answered
      expect((await ask()).body.code).not.toBe('trial_restricted')
      expect(await ask()).toMatchObject({ status: 403, body: { code: 'trial_restricted' } })
      const { _sum } = await limitedAct.aggregate({
        where: { accountId: trial.id, kind },
        _sum: { amount: true },
      })
      expect(_sum.amount).toBe(limit)
    })
  }
})
