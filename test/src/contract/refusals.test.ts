import { errors } from '@envoi/openapi'
import { describe, expect, test } from '../support/fixture.ts'
import { type DeclaredRefusal, provenByWalk } from './declared-refusals.ts'
import { allOperations } from './operations.ts'
import { refusals } from './refusals.ts'

const declared = allOperations.flatMap(({ id, operation }) =>
  (operation.errors ?? [])
    .filter((code) => !provenByWalk.some((proven) => proven === code))
    .map((code) => ({ id, code, name: `${id} ${code}` as DeclaredRefusal })),
)

test('every refusal that an operation declares has an example here, and no other', () => {
  expect(Object.keys(refusals).sort()).toEqual(declared.map(({ name }) => name).sort())
})

describe('an operation raises what it declares:', () => {
  for (const { name, code } of declared)
    test(name, async ({ server, account }) => {
      const answer = await refusals[name]({ server, account })
      expect([answer.status, answer.body.code, answer.body.detail]).toEqual([
        errors[code].status,
        code,
        answer.body.detail,
      ])
      // what a rule refuses in a request, it points at
      if (code === 'invalid') expect(answer.body.errors?.length).toBeGreaterThan(0)
    })
})
