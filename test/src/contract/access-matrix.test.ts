/** Every operation × everybody it is not for. Other tenants are met in `walk.test.ts`, where resources are made. */
import { test as base, expect } from '../support/fixture.ts'
import { callByExample } from './call.ts'
import { type Caller, makeCallers } from './callers.ts'
import { allOperations } from './operations.ts'

const test = base.extend<{ callers: Caller[] }>({
  callers: [async ({ server }, use) => use(await makeCallers(server)), { scope: 'file' }],
})

const closed = allOperations.filter(({ operation }) => operation.access !== 'public')
let refusals = 0

for (const named of closed) {
  const { access, besides = [] } = named.operation
  test(`${named.id} is refused to everybody it is not for`, async ({ server, callers }) => {
    const strangers = callers.flatMap(({ who, token, refused }) => {
      const expected = refused(named.operation)
      return expected === null ? [] : [{ who, token, expected }]
    })
    const answers = await Promise.all(
      strangers.map(async ({ who, token, expected }) => {
        const { status, problem } = await callByExample(server.url, token, named)
        if (problem?.code === 'permission_missing')
          expect([access, ...besides].some((name) => problem.detail?.includes(name))).toBe(true)
        return { who, answer: [status, problem?.code], expected }
      }),
    )
    expect(answers.map(({ who, answer }) => [who, answer])).toEqual(
      answers.map(({ who, expected }) => [who, expected]),
    )
    refusals += answers.length
  })
}

test('the matrix has no hole', ({ callers }) => {
  const expected = closed.flatMap(({ operation }) =>
    callers.filter(({ refused }) => refused(operation) !== null),
  )
  process.stdout.write(
    `access matrix: ${closed.length} operations × ${callers.length} callers, ${refusals} refusals\n`,
  )
  expect(refusals).toBe(expected.length)
  // whoever is in the list is refused something
  for (const { who, refused } of callers)
    expect(
      closed.some(({ operation }) => refused(operation) !== null),
      who,
    ).toBe(true)
})
