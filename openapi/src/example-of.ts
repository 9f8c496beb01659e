import type { TSchema } from '@sinclair/typebox'

interface JsonSchema {
  [key: string]: unknown
  type?: string | string[]
  examples?: unknown[]
  default?: unknown
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
}

/** Composes an example of a schema from the examples of its parts, so that an example cannot drift from its schema. */
export function exampleOf(schema: TSchema): unknown {
  return compose(schema as unknown as JsonSchema)
}

function compose(schema: JsonSchema): unknown {
  if (schema.examples !== undefined && schema.examples.length > 0) return schema.examples[0]
  if (schema.default !== undefined) return schema.default
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.anyOf?.[0] !== undefined) return compose(schema.anyOf[0])
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map(compose))
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, compose(value)]),
      )
    case 'array':
      return schema.items === undefined ? [] : [compose(schema.items)]
    case 'boolean':
      return false
    case 'null':
      return null
    default:
      // one that was made up would say nothing, or something wrong
      throw new Error(`a schema in the contract has no example: ${JSON.stringify(schema)}`)
  }
}
