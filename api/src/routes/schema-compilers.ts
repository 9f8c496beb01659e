import { linePattern } from '@envoi/openapi'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import buildSerializer from 'fast-json-stringify'
import { documentId, type OpenApiDocument } from './document.ts'

export interface Compilers {
  /** Answers what is wrong with a value, null when nothing is. Fills in defaults, and reads what parameters hold as text. */
  validate(schema: object, part: 'body' | 'parameters'): (data: unknown) => ErrorObject[] | null
  serialize(schema: Record<string, unknown>): (data: unknown) => string
}

/**
 * How many values a body may hold for all that is wrong with it to be told. Of a larger one only the first is: Ajv's list of all
 * errors is copied for each value that has any, so that 1 MiB of `{}` where rules are expected took it minutes.
 */
const valuesTold = 1_000

/** What has been compiled, by document. */
const compiled = new WeakMap<OpenApiDocument, Compilers>()

/**
 * Validators and serialisers that read their schemas straight from the document. Each is compiled when it is first used: all of them
 * take most of a second and 100 MB, and few servers are asked for every operation. Servers of one process that read the same
 * document share them, and so do operations with the same schema.
 */
export function schemaCompilers(document: OpenApiDocument): Compilers {
  const compilers = compiled.get(document) ?? compilersOf(document)
  compiled.set(document, compilers)
  return compilers
}

function compilersOf(document: OpenApiDocument): Compilers {
  const instances = new Map<string, Ajv2020>()
  const validators = new Map<string, ValidateFunction>()
  const serializers = new Map<string, (data: unknown) => string>()
  const validator = (schema: object, options: { coerceTypes: boolean; allErrors: boolean }) => {
    const name = JSON.stringify(options)
    return kept(validators, name + JSON.stringify(schema), () =>
      kept(instances, name, () => ajv(document, options)).compile(schema),
    )
  }
  return {
    validate(schema, part) {
      // a query and a path hold only text: numbers and booleans are read from it
      const coerceTypes = part === 'parameters'
      let first: ValidateFunction | undefined
      let all: ValidateFunction | undefined
      return (data) => {
        first ??= validator(schema, { coerceTypes, allErrors: false })
        if (first(data)) return null
        if (!holdsAtMost(valuesTold, data)) return first.errors ?? []
        all ??= validator(schema, { coerceTypes, allErrors: true })
        all(data)
        return all.errors ?? []
      }
    },
    serialize: (schema) => {
      let serializer: ((data: unknown) => string) | undefined
      return (data) => {
        serializer ??= kept(serializers, JSON.stringify(schema), () => serializerOf(schema, document))
        return serializer(data)
      }
    },
  }
}

/** The value of a key, made when it is first asked for. */
function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}

function serializerOf(schema: Record<string, unknown>, document: OpenApiDocument): (data: unknown) => string {
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
  const root = name === undefined ? schema : document.components.schemas[name]
  return buildSerializer(
    { ...root, components: document.components } as unknown as Parameters<typeof buildSerializer>[0],
    { ajv: { strict: false } as never },
  )
}

function ajv(document: OpenApiDocument, options: { coerceTypes: boolean; allErrors: boolean }): Ajv2020 {
  const instance = new Ajv2020({
    // it would refuse the OpenAPI keywords that stand beside those of JSON Schema
    strict: false,
    // `meantErrors` looks at the data
    verbose: true,
    useDefaults: true,
    removeAdditional: false,
    validateFormats: true,
    ...options,
  })
  addFormats.default(instance)
  instance.addFormat('date-time', isTimestamp)
  return instance.addSchema(document, documentId)
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i

/**
 * RFC 3339, and an instant for JavaScript and for Postgres alike: the one knows no leap second, the other no year 0, and a
 * value that passes here is read by both.
 */
export function isTimestamp(text: string): boolean {
  if (!rfc3339.test(text)) return false
  const instant = new Date(text.toUpperCase())
  const year = instant.getUTCFullYear()
  // `Date` takes 30 February for 2 March
  const written = new Date(`${text.slice(0, 10)}T00:00:00Z`)
  return year >= 1 && year <= 9999 && written.getUTCDate() === Number(text.slice(8, 10))
}

/** Whether there are no more than so many values in a JSON value, itself included; does not look at more. */
function holdsAtMost(limit: number, data: unknown): boolean {
  let left = limit
  const fits = (value: unknown): boolean => {
    left -= 1
    if (left < 0) return false
    return typeof value !== 'object' || value === null || Object.values(value).every(fits)
  }
  return fits(data)
}

/** A validation error as the field it is about and what is expected there. */
export function fieldProblem(error: ErrorObject, prefix: string): { pointer: string; detail: string } {
  const at = prefix + error.instancePath
  switch (error.keyword) {
    case 'required':
      return { pointer: `${at}/${String(error.params.missingProperty)}`, detail: 'is required' }
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return {
        pointer: `${at}/${String(error.params.additionalProperty ?? error.params.unevaluatedProperty)}`,
        detail: 'is not a known field',
      }
    case 'enum':
      return { pointer: at, detail: `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}` }
    case 'format':
      return { pointer: at, detail: `must be a valid ${String(error.params.format)}` }
    case 'pattern':
      if (error.params.pattern !== linePattern) break
      return { pointer: at, detail: 'must be one line of text' }
    case 'anyOf':
      return { pointer: at, detail: 'is none of the forms allowed' }
  }
  return { pointer: at, detail: error.message ?? 'is not valid' }
}
