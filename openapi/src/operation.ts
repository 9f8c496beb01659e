/** Operations as data: from them the document, the routes and the types of handlers are made. */
import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { ErrorCode } from './errors.ts'
import type { Permission } from './permissions.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** An answer that is a file or a stream rather than JSON of a schema. */
export interface FileResponse {
  /** By media type: what it looks like and, of what is JSON, its schema. */
  file: Readonly<Record<string, { example: unknown; schema?: TSchema }>>
  description: string
}

export interface OperationSpec {
  method: Method
  path: string
  summary: string
  description: string
  /**
   * A permission of the account's users and keys; `public` asks for no credentials, `operator` for the operator token, `session`
   * for any credentials.
   */
  access: Permission | 'public' | 'operator' | 'session'
  /** Permissions that are needed besides `access`. */
  besides?: readonly Permission[]
  /**
   * What it asks of the database. `expensive`: it may read much of an account, always or with some of its parameters; such reads
   * have connections of their own, which accounts take in turn. `light`: a lookup by key that is answered together with others.
   * Neither unless said.
   */
  cost?: 'light' | 'expensive' | { expensiveWith: readonly string[] }
  /** A POST that changes nothing: it leaves no audit event. */
  safe?: true
  /** A change that stays possible while the account is being closed; reading always is. */
  whileClosing?: true
  /**
   * In a session, it takes a recent proof of who asks (`sessions.prove`); `proof_required` without. An array: only for a body
   * with one of these members. API keys have nothing else to prove themselves with.
   */
  recentProof?: true | readonly string[]
  /**
   * How often an account in trial may ask for it in 24 hours, refused requests included; `counted` where a rule counts what is made
   * instead. POST and PUT have a verdict each: what they write, mail or look up is not to grow without end. PATCH has `trialPatches`.
   */
  trialLimit?: TrialLimit
  params?: TObject
  query?: TObject
  body?: TSchema
  /**
   * The body of an OAuth endpoint (RFC 6749, section 3.2), as `application/x-www-form-urlencoded`, instead of `body`. Fields that are not
   * known are ignored, refusals have the members of section 5.2, and nothing of the answer is kept.
   */
  form?: TObject
  /** Properties of the answer that are secrets told once: with one of them it is not kept for its `Idempotency-Key`, nor given again. */
  answersSecret?: readonly string[]
  /** It gives tokens: an `Idempotency-Key` is not heeded. Asked again, it gives others. */
  answersTokens?: true
  /** Media types of a body taken as a stream instead of `body`, each with an example; null for what is no text. */
  upload?: Readonly<Record<string, string | null>>
  /** Whether the body may be left out. */
  bodyOptional?: boolean
  /** Largest body in bytes; 1 MiB unless said. */
  bodyLimit?: number
  /** Answers by status. `null`: no body. */
  responses: Record<number, TSchema | FileResponse | null>
  errors?: readonly ErrorCode[]
}

type TrialLimit = number | 'counted'

/** How often an account in trial may ask for each PATCH in 24 hours. */
const trialPatches = 1_000

/** How often an account in trial may ask for it in 24 hours; undefined for what is not counted by request. */
export function trialLimitOf({ method, access, trialLimit }: OperationSpec): number | undefined {
  if (typeof trialLimit === 'number') return trialLimit
  return method === 'PATCH' && access !== 'public' && access !== 'operator' ? trialPatches : undefined
}

/** What adds something in an account without saying how often it may does not compile. */
type WithVerdict<O> = O extends { method: 'POST' | 'PUT' }
  ? O extends { access: 'public' | 'operator' } | { safe: true }
    ? unknown
    : { trialLimit: TrialLimit }
  : unknown

export type Operations = Record<string, OperationSpec>

export interface Resource<Name extends string = string, Ops extends Operations = Operations> {
  name: Name
  title: string
  description: string
  operations: Ops
}

/** Declares one operation; keeps its exact type. */
export function operation<const O extends OperationSpec>(spec: O & WithVerdict<O>): O {
  return spec
}

/** Declares a resource: its operations are known as `<name>.<key>`. */
export function resource<const Name extends string, Ops extends Operations>(
  name: Name,
  about: { title: string; description: string },
  operations: Ops,
): Resource<Name, Ops> {
  return { name, ...about, operations }
}

/** What a handler gives for a file: its media type and its bytes. */
export interface FileBody {
  contentType: string
  content: NodeJS.ReadableStream | string
  /** Suggested name, for `Content-Disposition`. */
  fileName?: string
}

type Of<T> = T extends TSchema ? Static<T> : undefined

export type ParamsOf<O extends OperationSpec> = Of<O['params']>
export type QueryOf<O extends OperationSpec> = Of<O['query']>
export type BodyOf<O extends OperationSpec> = O['form'] extends TSchema
  ? Static<O['form']>
  : O['bodyOptional'] extends true
    ? Of<O['body']> | undefined
    : Of<O['body']>
/** Body of the answer with a status. */
export type ResponseOf<
  O extends OperationSpec,
  S extends keyof O['responses'],
> = O['responses'][S] extends TSchema
  ? Static<O['responses'][S]>
  : O['responses'][S] extends FileResponse
    ? FileBody
    : undefined

export function isFile(response: TSchema | FileResponse | null | undefined): response is FileResponse {
  return response !== null && response !== undefined && 'file' in response
}
