/** Builds the one OpenAPI 3.1 document from the operations. The API's routes and the SDK are generated from it. */
import { Kind, type TSchema } from '@sinclair/typebox'
import { conventions } from './conventions.ts'
import { type ErrorCode, type ErrorDefinition, errors } from './errors.ts'
import { errorsByStatus, isRepeatable } from './errors-of.ts'
import { exampleOf } from './example-of.ts'
import { loweringNote } from './lowering.ts'
import { type FileResponse, isFile, type OperationSpec, type Resource, trialLimitOf } from './operation.ts'
import { permissions } from './permissions.ts'
import { OAuthProblem, Problem } from './problem.ts'

type Json = Record<string, unknown>

export const contractVersion = '0.1.0'

/** Headers that every answer carries. */
const everyAnswer = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy']

const headerComponents: Json = {
  'X-Request-Id': header(
    'Identifies the request; echoed in logs and in the `instance` of problems.',
    '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d',
  ),
  RateLimit: header(
    'What is left of the quota (IETF draft-ietf-httpapi-ratelimit-headers).',
    '"default";r=999;t=60',
  ),
  'RateLimit-Policy': header(
    'The quota (IETF draft-ietf-httpapi-ratelimit-headers).',
    '"default";q=1000;w=60',
  ),
  'Retry-After': header('Seconds to wait before trying again (RFC 9110, section 10.2.3).', '30'),
  ETag: header(
    'Version of the resource and a hash of this answer; send it back as If-Match to change only what you have read. If-Match looks at the version: what is counted or masked in an answer does not stand in the way of a change.',
    '"3-x7Rk2mQp0a"',
  ),
  'Idempotent-Replayed': header(
    '`true`: this is the answer that was stored for the Idempotency-Key; nothing was done again.',
    'true',
  ),
  'Content-Disposition': header('A name for the file (RFC 6266).', 'attachment; filename="contact.json"'),
  Location: header(
    'Where the created resource, or the progress of the work, can be read.',
    '/v1/contacts/0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d',
  ),
  Link: header('`rel="next"`: the next page (RFC 8288).', '</v1/contacts?cursor=…>; rel="next"'),
  'WWW-Authenticate': header('How to authenticate (RFC 6750).', 'Bearer'),
}

function header(description: string, example: string): Json {
  return { description, schema: { type: 'string' }, example }
}

const headerRefs = (names: string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes the request safe to repeat: for 24 hours the same key and payload get the stored answer. A key is yours: the same one sent by another user or API key is another. An answer with a secret that is shown once is not stored: `idempotency_answer_withheld` says that the request was done.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
}

const ifMatch: Json = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag you have read: 412 when the resource has changed since.',
  schema: { type: 'string', maxLength: 255 },
  example: '"3-x7Rk2mQp0a"',
}

export function buildDocument(contract: Record<string, Resource>): Json {
  const components = new Components(contract)
  const paths: Record<string, Json> = {}
  for (const resource of Object.values(contract)) {
    for (const [key, operation] of Object.entries(resource.operations)) {
      paths[operation.path] = {
        ...paths[operation.path],
        [operation.method.toLowerCase()]: operationObject(resource, key, operation, components),
      }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Envoi API',
      version: contractVersion,
      summary: 'Relational marketing that can prove what it does with personal data.',
      description: conventions,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'Envoi', url: 'https://envoi.example' },
    },
    servers: [{ url: '/', description: 'This server' }],
    security: [],
    tags: Object.values(contract).map(({ name, title, description }) => ({
      name,
      description,
      'x-displayName': title,
    })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API key (`envoi_live_…`) or the access token of a session. The scope is the permission needed.',
        },
        oauth2: {
          type: 'oauth2',
          description: 'For programs that would rather not send an API key with each request.',
          flows: { clientCredentials: { tokenUrl: '/v1/oauth/token', scopes: permissions } },
        },
        operator: { type: 'http', scheme: 'bearer', description: 'The operator token of the platform.' },
      },
      headers: headerComponents,
      parameters: { idempotencyKey, ifMatch },
      responses: components.allResponses(),
      schemas: components.use(Problem) && components.all(),
    },
  }
}

function operationObject(
  resource: Resource,
  key: string,
  operation: OperationSpec,
  components: Components,
): Json {
  return {
    operationId: `${resource.name}.${key}`,
    tags: [resource.name],
    summary: operation.summary,
    description: descriptionOf(operation) + trialNote(operation) + loweringNote(`${resource.name}.${key}`),
    security: securityOf(operation),
    ...(parametersOf(operation, components) ?? {}),
    ...(requestBodyOf(operation, components) ?? {}),
    responses: responsesOf(operation, components),
    ...(operation.answersSecret === undefined ? {} : { 'x-answers-secret': [...operation.answersSecret] }),
    ...(operation.bodyLimit === undefined ? {} : { 'x-body-limit': operation.bodyLimit }),
    ...(operation.whileClosing || operation.safe ? { 'x-while-closing': true } : {}),
    ...(operation.recentProof === undefined ? {} : { 'x-recent-proof': operation.recentProof }),
    ...(trialLimitOf(operation) === undefined ? {} : { 'x-trial-limit': trialLimitOf(operation) }),
    ...(operation.cost === undefined ? {} : { 'x-cost': operation.cost }),
  }
}

function descriptionOf({ description, cost }: OperationSpec): string {
  if (cost === undefined || cost === 'light') return description
  if (cost === 'expensive') return `${description} Expensive: see Turns.`
  const names = new Intl.ListFormat('en', { type: 'disjunction' }).format(
    cost.expensiveWith.map((name) => `\`${name}\``),
  )
  return `${description} Expensive with ${names}: see Turns.`
}

function trialNote(operation: OperationSpec): string {
  const limit = trialLimitOf(operation)
  return limit === undefined ? '' : ` A trial account may call it at most ${limit} times in 24 hours.`
}

function securityOf({ access, besides = [] }: OperationSpec): Json[] {
  if (access === 'public') return []
  if (access === 'operator') return [{ operator: [] }]
  if (access === 'session') return [{ bearer: [] }]
  const needed = [access, ...besides]
  return [{ bearer: needed }, { oauth2: needed }]
}

function parametersOf(operation: OperationSpec, components: Components): Json | undefined {
  const of = (place: 'path' | 'query', object: OperationSpec['params']) =>
    Object.entries(object?.properties ?? {}).map(([name, schema]) => {
      const { description, ...rest } = components.use(schema) as { description?: string }
      return {
        name,
        in: place,
        required: place === 'path' || (object?.required ?? []).includes(name),
        ...(description === undefined ? {} : { description }),
        schema: rest,
        example: exampleOf(schema),
      }
    })
  const parameters: Json[] = [...of('path', operation.params), ...of('query', operation.query)]
  if (isRepeatable(operation)) parameters.push({ $ref: '#/components/parameters/idempotencyKey' })
  if (operation.errors?.includes('precondition_failed'))
    parameters.push({ $ref: '#/components/parameters/ifMatch' })
  return parameters.length === 0 ? undefined : { parameters }
}

function requestBodyOf(operation: OperationSpec, components: Components): Json | undefined {
  if (operation.upload !== undefined) {
    const media = (example: string | null) => ({
      schema: { type: 'string', format: 'binary' },
      ...(example === null ? {} : { example }),
    })
    return {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          Object.entries(operation.upload).map(([type, example]) => [type, media(example)]),
        ),
      },
    }
  }
  if (operation.form !== undefined) {
    const media = { schema: components.use(operation.form), example: exampleOf(operation.form) }
    return { requestBody: { required: true, content: { 'application/x-www-form-urlencoded': media } } }
  }
  if (operation.body === undefined) return undefined
  const media = { schema: components.use(operation.body), example: exampleOf(operation.body) }
  const content: Json = { 'application/json': media }
  if (operation.method === 'PATCH') content['application/merge-patch+json'] = media
  return { requestBody: { required: operation.bodyOptional !== true, content } }
}

function responsesOf(operation: OperationSpec, components: Components): Json {
  const responses: Json = {}
  for (const [status, response] of Object.entries(operation.responses)) {
    responses[status] = successResponse(Number(status), operation, response, components)
  }
  for (const [status, codes] of errorsByStatus(operation)) {
    const [only, ...others] = codes
    responses[status] =
      operation.form !== undefined && Number(status) <= 401
        ? oauthResponse(codes, components)
        : only !== undefined && others.length === 0
          ? components.problem(only)
          : problemResponse(codes)
  }
  return responses
}

function successResponse(
  status: number,
  operation: OperationSpec,
  response: TSchema | FileResponse | null,
  components: Components,
): Json {
  const headers = [...everyAnswer]
  if (status === 201 || status === 202) headers.push('Location')
  if (status !== 202 && components.isVersioned(response)) headers.push('ETag')
  if (operation.query?.properties.cursor !== undefined) headers.push('Link')
  if (isRepeatable(operation)) headers.push('Idempotent-Replayed')
  if (isFile(response)) headers.push('Content-Disposition')
  const base = { headers: headerRefs(headers) }
  if (response === null) return { description: statusText(status), ...base }
  if (isFile(response)) {
    const content = Object.entries(response.file).map(([type, { example, schema }]) => [
      type,
      { schema: schema === undefined ? { type: 'string' } : components.use(schema), example },
    ])
    return { description: response.description, ...base, content: Object.fromEntries(content) }
  }
  return {
    description: statusText(status),
    ...base,
    content: { 'application/json': { schema: components.use(response), example: exampleOf(response) } },
  }
}

function statusText(status: number): string {
  return (
    {
      200: 'Done.',
      201: 'Created.',
      202: 'Accepted: the work goes on; see `Location`.',
      204: 'Done, nothing to say.',
    }[status] ?? 'Done.'
  )
}

/**
 * How OAuth endpoints refuse: as JSON (RFC 6749, section 5.2), with the members of a problem beside its own; as a problem for who
 * asks for one.
 */
function oauthResponse(codes: ErrorCode[], components: Components): Json {
  const { description, headers, content } = problemResponse(codes) as {
    description: string
    headers: Json
    content: { 'application/problem+json': { examples: Record<string, { value: Json }> } }
  }
  const { examples } = content['application/problem+json']
  const named = Object.entries(examples).map(([code, { value }]) => {
    const definition: ErrorDefinition = errors[code as ErrorCode]
    const own = { error: definition.oauth ?? 'invalid_request', error_description: definition.title }
    return [code, { value: { ...own, ...value } }]
  })
  const json = { schema: components.use(OAuthProblem), examples: Object.fromEntries(named) }
  return { description, headers, content: { 'application/json': json, 'application/problem+json': json } }
}

function problemResponse(codes: ErrorCode[]): Json {
  const headers = [...everyAnswer]
  const status = errors[codes[0] as ErrorCode].status
  if (status === 429 || status === 503 || codes.includes('idempotency_in_flight')) headers.push('Retry-After')
  if (status === 401) headers.push('WWW-Authenticate')
  const example = (code: ErrorCode) => ({
    type: `https://api.envoi.example/problems/${code}`,
    title: errors[code].title,
    status: errors[code].status,
    code,
    instance: '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d',
  })
  return {
    description: codes.map((code) => `\`${code}\`: ${errors[code].title}.`).join(' '),
    headers: headerRefs(headers),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(codes.map((code) => [code, { value: example(code) }])),
      },
    },
  }
}

/** Collects schemas with an `$id` as components, and replaces them by references wherever they are used. */
class Components {
  readonly #schemas = new Map<string, Json>()
  readonly #problems = new Set<ErrorCode>()
  /** Resources that are changed with `If-Match`. */
  readonly #versioned: Set<unknown>

  constructor(contract: Record<string, Resource>) {
    const changed = Object.values(contract)
      .flatMap(({ operations }) => Object.values(operations))
      .filter(({ errors }) => errors?.includes('precondition_failed'))
    this.#versioned = new Set(changed.map(({ responses }) => responses[200]))
  }

  isVersioned(response: unknown): boolean {
    return this.#versioned.has(response)
  }

  use(schema: TSchema): Json {
    return this.#rewrite(schema) as Json
  }

  /** A problem that stands alone for its status, shared by all operations that may answer it. */
  problem(code: ErrorCode): Json {
    this.#problems.add(code)
    return { $ref: `#/components/responses/${code}` }
  }

  allResponses(): Json {
    return Object.fromEntries([...this.#problems].sort().map((code) => [code, problemResponse([code])]))
  }

  all(): Json {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #rewrite(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item) => this.#rewrite(item))
    if (typeof node !== 'object' || node === null) return node
    const { $id, ...rest } = node as Json & { $id?: string }
    // a recursive schema refers to itself by its $id
    if ((node as { [Kind]?: string })[Kind] === 'This' || typeof rest.$ref === 'string') {
      return {
        $ref: String(rest.$ref).startsWith('#') ? rest.$ref : `#/components/schemas/${String(rest.$ref)}`,
      }
    }
    if ($id === undefined) return this.#entries(rest)
    if (!this.#schemas.has($id)) {
      this.#schemas.set($id, {})
      this.#schemas.set($id, this.#entries(rest))
    }
    return { $ref: `#/components/schemas/${$id}` }
  }

  #entries(object: Json): Json {
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => [
        key,
        key === 'examples' || key === 'default' || key === 'const' || key === 'enum'
          ? value
          : this.#rewrite(value),
      ]),
    )
  }
}
