import { linePattern } from '@envoi/openapi'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import buildSerializer from 'fast-json-stringify'
import { documentId, type OpenApiDocument } from './document.ts'

export interface Compilers {
  validate(schema: object, part: 'body' | 'parameters'): ValidateFunction
  serialize(schema: Record<string, unknown>): (data: unknown) => string
}

/** Validators and serialisers that read their schemas straight from the document. */
export function schemaCompilers(document: OpenApiDocument): Compilers {
  const ajv = (coerceTypes: boolean) => {
    // `strict` would refuse the OpenAPI keywords that stand beside those of JSON Schema
    const instance = new Ajv2020({
      strict: false,
      allErrors: true,
      // `meantErrors` looks at the data
      verbose: true,
      coerceTypes,
      useDefaults: true,
      removeAdditional: false,
      validateFormats: true,
    })
    addFormats.default(instance)
    return instance.addSchema(document, documentId)
  }
  const bodies = ajv(false)
  // a query and a path hold only text: numbers and booleans are read from it
  const parameters = ajv(true)
  return {
    validate: (schema, part) => (part === 'body' ? bodies : parameters).compile(schema),
    serialize: (schema) => {
      const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
      const root = name === undefined ? schema : document.components.schemas[name]
      return buildSerializer(
        { ...root, components: document.components } as unknown as Parameters<typeof buildSerializer>[0],
        { ajv: { strict: false } as never },
      )
    },
  }
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
