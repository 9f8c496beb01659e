import type { TSchema } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { contract, lowering } from './index.ts'
import { loweringNone } from './lowering.ts'
import type { OperationSpec } from './operation.ts'

const changes = Object.values(contract).flatMap(({ name, operations }) =>
  Object.entries(operations as Record<string, OperationSpec>)
    .filter(([, { method }]) => method === 'PATCH' || method === 'PUT' || method === 'DELETE')
    .map(([verb, { body }]) => ({
      id: `${name}.${verb}`,
      members: body === undefined ? [''] : membersOf(body),
    })),
)

/** Places in a body that can be written: members of it, and of objects in it. */
function membersOf(schema: TSchema, at = ''): string[] {
  const shapes = [schema, ...((schema.allOf ?? schema.anyOf ?? []) as TSchema[])]
  const properties = shapes.flatMap((shape) =>
    Object.entries((shape.properties ?? {}) as Record<string, TSchema>),
  )
  if (properties.length === 0 || at.split('/').length > 2) return at === '' ? [] : [at]
  return [
    ...new Set(
      properties.flatMap(([name, member]) =>
        schema.$id === undefined || at === '' ? membersOf(member, `${at}/${name}`) : [at],
      ),
    ),
  ]
}

const table = (of: object): string[] =>
  Object.entries(of).flatMap(([id, pointers]) => Object.keys(pointers).map((pointer) => `${id} ${pointer}`))

test('of each member of each change it is said whether it can lower a protection, and of nothing else', () => {
  const verdicts = [...table(lowering), ...table(loweringNone)]
  const written = changes.flatMap(({ id, members }) => members.map((member) => `${id} ${member}`))
  expect(written).toContain('purposes.update /doubleOptIn')
  expect(written.filter((one) => !verdicts.includes(one))).toEqual([])
  expect(verdicts.filter((one) => !written.includes(one))).toEqual([])
  expect(new Set(verdicts).size).toBe(verdicts.length)
})
