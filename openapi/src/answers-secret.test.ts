import type { TSchema } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { contract } from './index.ts'
import { isFile, type OperationSpec } from './operation.ts'

const posts = Object.values(contract).flatMap(({ name, operations }) =>
  Object.entries(operations as Record<string, OperationSpec>)
    .filter(([, { method }]) => method === 'POST')
    .map(([verb, operation]) => [`${name}.${verb}`, operation] as const),
)

const answersOf = ({ responses }: OperationSpec) =>
  Object.values(responses).filter((response): response is TSchema => response !== null && !isFile(response))

const propertiesOf = (schema: TSchema): string[] => [
  ...Object.keys((schema.properties as object | undefined) ?? {}),
  ...((schema.allOf as TSchema[] | undefined) ?? []).flatMap(propertiesOf),
]

/** What a property is called that opens something. */
const opens = /password|secret|token|codes$|^key$|otpauth/i
/** Keys in the other sense: names of things. */
const names = new Set(['fields.create', 'purposes.create'])

test('whatever answers a secret that is told once says so: it is not kept for an Idempotency-Key', () => {
  const telling = posts
    .filter(([id, { form }]) => form === undefined && !names.has(id))
    .map(([id, operation]) => {
      const secrets = answersOf(operation).flatMap(propertiesOf)
      return { id, operation, secrets: secrets.filter((property) => opens.test(property)) }
    })
    .filter(({ secrets }) => secrets.length > 0)
  expect(telling.map(({ id }) => id)).toEqual(expect.arrayContaining(['apiKeys.create', 'sessions.create']))
  for (const { id, operation, secrets } of telling)
    if (operation.answersTokens !== true)
      expect([id, operation.answersSecret]).toEqual([id, expect.arrayContaining(secrets)])
})

test('what is said to be secret is a property of the answer', () => {
  for (const [id, operation] of posts)
    for (const secret of operation.answersSecret ?? [])
      expect([id, answersOf(operation).flatMap(propertiesOf)]).toEqual([id, expect.arrayContaining([secret])])
})
