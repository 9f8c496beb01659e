import type { Readable } from 'node:stream'
import type { Context, RequestContext } from '@envoi/core'
import type {
  BodyOf,
  OperationSpec,
  Operations,
  ParamsOf,
  QueryOf,
  Resource,
  ResponseOf,
} from '@envoi/openapi'
import type { AccessTokens } from '../plugins/access-tokens.ts'
import type { Answer } from './answers.ts'

/** What a handler is given of the request, validated. */
export interface HandlerRequest<O extends OperationSpec> {
  params: ParamsOf<O>
  query: QueryOf<O>
  body: BodyOf<O>
  /** The body of an upload, as it arrives. */
  upload: Readable
  /** Media type of the upload, without its parameters. */
  uploadType: string
  /** `Content-Encoding` of the upload. */
  encoding: string | undefined
  /** `Accept`, for operations that answer in several media types. */
  accept: string
  /** Version in `If-Match`; undefined when it was not sent. */
  ifMatch: number | undefined
  /** `Authorization`, for endpoints that authenticate by something else than a bearer token. */
  authorization: string | undefined
  accessTokens: AccessTokens
}

type Answers<O extends OperationSpec> = {
  [S in keyof O['responses'] & number]: Answer<S, ResponseOf<O, S>>
}[keyof O['responses'] & number]

type ContextOf<O extends OperationSpec> = O['access'] extends 'public' | 'operator' ? RequestContext : Context

export type Handler<O extends OperationSpec> = (
  request: HandlerRequest<O>,
  context: ContextOf<O>,
) => Promise<Answers<O>>

export type Handlers<Ops extends Operations> = { [Key in keyof Ops]: Handler<Ops[Key]> }

/** Gives each operation of a resource its handler; it does not compile while one is missing. */
export function implement<Name extends string, Ops extends Operations>(
  _resource: Resource<Name, Ops>,
  handlers: Handlers<Ops>,
): Handlers<Ops> {
  return handlers
}
