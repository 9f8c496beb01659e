import { buildDocument, contract } from '@envoi/openapi'

/** The parts of the OpenAPI document that routes are made from. */
export interface Parameter {
  name: string
  in: 'path' | 'query'
  required: boolean
}

export interface OperationObject {
  operationId: string
  security: Record<string, string[]>[]
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> }
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: Record<string, unknown> }> }>
  'x-answers-secret'?: string[]
  'x-body-limit'?: number
  'x-while-closing'?: true
  'x-recent-proof'?: true | readonly string[]
  'x-trial-limit'?: number
  'x-cost'?: 'light' | 'expensive' | { expensiveWith: string[] }
}

export interface OpenApiDocument {
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, Record<string, unknown>> }
}

let built: OpenApiDocument | undefined

/** The document of the contract: one for all servers of a process, which share what is compiled from it. */
export function contractDocument(): OpenApiDocument {
  built ??= buildDocument(contract) as unknown as OpenApiDocument
  return built
}

export interface RouteOfDocument {
  path: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  operation: OperationObject
  /** JSON pointer to the operation in the document. */
  pointer: string
}

const escapePointer = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1')

export function routesOf(document: OpenApiDocument): RouteOfDocument[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      path,
      method: method.toUpperCase() as RouteOfDocument['method'],
      operation,
      pointer: `/paths/${escapePointer(path)}/${method}`,
    })),
  )
}

/** A JSON Schema, by references into the document, for the path's or the query's parameters. */
export function parametersSchema({ operation, pointer }: RouteOfDocument, place: 'path' | 'query') {
  const properties: Record<string, { $ref: string }> = {}
  const required: string[] = []
  operation.parameters?.forEach((parameter, index) => {
    if (!('in' in parameter) || parameter.in !== place) return
    properties[parameter.name] = { $ref: `${documentId}#${pointer}/parameters/${index}/schema` }
    if (parameter.required) required.push(parameter.name)
  })
  return { type: 'object', properties, required, additionalProperties: false }
}

/** The body of an OAuth endpoint. */
const formType = 'application/x-www-form-urlencoded'

/** Whether an operation is an OAuth endpoint: it takes a form, and refuses as RFC 6749, section 5.2, has it. */
export const isOAuth = ({ operation }: RouteOfDocument): boolean =>
  operation.requestBody?.content[formType] !== undefined

/** A reference to the schema of a JSON body or a form, or undefined when there is none. */
export function bodySchema({ operation, pointer }: RouteOfDocument): { $ref: string } | undefined {
  const content = operation.requestBody?.content ?? {}
  if (content[formType] !== undefined)
    return { $ref: `${documentId}#${pointer}/requestBody/content/${escapePointer(formType)}/schema` }
  if (content['application/json'] === undefined) return undefined
  return { $ref: `${documentId}#${pointer}/requestBody/content/application~1json/schema` }
}

/** The media types of a body taken as a stream; empty when the body is JSON or absent. */
export function uploadTypes({ operation }: RouteOfDocument): string[] {
  return Object.keys(operation.requestBody?.content ?? {}).filter(
    (type) => type !== formType && (!type.endsWith('json') || type === 'application/x-ndjson'),
  )
}

/** Whether an operation heeds an `Idempotency-Key`. */
export function isRepeatable({ operation }: RouteOfDocument): boolean {
  return (operation.parameters ?? []).some(
    (parameter) => '$ref' in parameter && parameter.$ref.endsWith('/idempotencyKey'),
  )
}

/** Whether an operation compares `If-Match`. */
export function takesCondition({ operation }: RouteOfDocument): boolean {
  return (operation.parameters ?? []).some(
    (parameter) => '$ref' in parameter && parameter.$ref.endsWith('/ifMatch'),
  )
}

export const documentId = 'envoi'
