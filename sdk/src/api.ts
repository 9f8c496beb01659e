/** What resources are made with: typed calls (openapi-fetch), lists, uploads, and waiting. */
import createClient, { type Client } from 'openapi-fetch'
import type { components, operations, paths } from './generated/schema.ts'
import { type List, listOf, type Page } from './list.ts'
import { withoutTrailingSlashes } from './trailing-slashes.ts'
import { type Call, type TransportOptions, transport } from './transport.ts'
import { type FileSource, streamOf } from './upload.ts'
import { type WaitOptions, waitFor } from './wait-for.ts'

/** The objects of the contract, by name: `Schemas['Contact']`. */
export type Schemas = components['schemas']

type JsonOf<T> = T extends { content: { 'application/json': infer Body } } ? Body : never
/** What an operation takes as its body. */
export type BodyOf<Id extends keyof operations> = JsonOf<
  NonNullable<operations[Id] extends { requestBody?: infer R } ? R : never>
>
type FormIn<T> = T extends { content: { 'application/x-www-form-urlencoded': infer Body } } ? Body : never
/** What an OAuth endpoint takes as its form. */
export type FormOf<Id extends keyof operations> = FormIn<
  NonNullable<operations[Id] extends { requestBody?: infer R } ? R : never>
>
/** What an operation takes in its query. */
export type QueryOf<Id extends keyof operations> = NonNullable<operations[Id]['parameters']['query']>

type Lister<P extends keyof paths> = paths[P] extends {
  get: { parameters: infer Parameters; responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body extends Page<infer Item>
    ? { item: Item; params: Pick<Parameters, keyof Parameters & ('path' | 'query')> }
    : never
  : never
/** A path that answers with a list. */
export type ListPath = { [P in keyof paths]: Lister<P> extends never ? never : P }[keyof paths]

/** Settings of one call. */
export interface RequestOptions {
  signal?: AbortSignal
  /** Made up for each POST unless given. */
  idempotencyKey?: string
  /** The ETag that one has read: `PreconditionError` when the resource has changed since. */
  ifMatch?: string
}

export interface ApiOptions extends TransportOptions {
  baseUrl: string
  token: () => string | undefined | Promise<string | undefined>
  randomKey: () => string
}

/** A result, and on demand the answer it came with. */
export type ApiPromise<T> = Promise<T> & { withResponse(): Promise<{ data: T; response: Response }> }

export interface Api {
  http: Client<paths>
  /** The data of a call; failures have been thrown by then. */
  result<T>(call: Promise<{ data?: T; response: Response }>): ApiPromise<T>
  /** A list of the contract, page after page. */
  list<P extends ListPath>(
    path: P,
    params: Lister<P>['params'],
    options?: RequestOptions,
  ): List<Lister<P>['item']>
  list<Item>(fetchPage: (cursor: string | undefined) => Promise<{ data?: Page<Item> }>): List<Item>
  waitFor<T extends { status: string }>(
    read: (options: RequestOptions) => Promise<T>,
    done: (value: T) => boolean,
    options?: WaitOptions,
  ): Promise<T>
  /** Sends a file as a stream, in one attempt however long it takes: after a failure, ask what has become of it. */
  upload(
    path: string,
    file: FileSource,
    headers: Record<string, string>,
    options?: RequestOptions,
  ): Promise<Response>
}

export function createApi(options: ApiOptions): Api {
  const { token, randomKey } = options
  const baseUrl = withoutTrailingSlashes(options.baseUrl)
  const send = transport(options)
  const authorised = async (call: Call): Promise<Response> => {
    const bearer = await token()
    if (bearer !== undefined) call.headers.set('authorization', `Bearer ${bearer}`)
    if (call.method === 'POST' && !call.headers.has('idempotency-key'))
      call.headers.set('idempotency-key', randomKey())
    return send(call)
  }
  const http = createClient<paths>({
    baseUrl,
    fetch: async (request) => authorised(await callOf(request)),
  })
  const fetchPages = (path: string, params: { query?: object }, requestOptions?: RequestOptions) =>
    listOf(async (cursor) => {
      const query = { ...params.query, ...(cursor === undefined ? {} : { cursor }) }
      const answer = await http.GET(
        path as never,
        { params: { ...params, query }, ...init(requestOptions) } as never,
      )
      return answer.data as unknown as Page<unknown>
    })
  return {
    http,
    result,
    list: (first: unknown, params?: object, requestOptions?: RequestOptions) =>
      (typeof first === 'function'
        ? listOf(async (cursor) => (await first(cursor)).data)
        : fetchPages(String(first), params ?? {}, requestOptions)) as never,
    waitFor: (read, done, wait) => waitFor(read, done, options, wait),
    upload: async (path, file, headers, requestOptions) =>
      authorised({
        method: 'PUT',
        url: baseUrl + path,
        headers: new Headers({ ...init(requestOptions).headers, ...headers }),
        body: await streamOf(file),
        signal: requestOptions?.signal,
      }),
  }
}

/** openapi-fetch carries what it does not know of an `init` over to the Request. */
interface CallRequest extends Request {
  callerSignal?: AbortSignal
}

async function callOf(request: CallRequest): Promise<Call> {
  const { method, url, headers, callerSignal } = request
  return {
    method,
    url,
    headers,
    signal: callerSignal,
    ...(request.body === null ? {} : { body: new Uint8Array(await request.arrayBuffer()) }),
  }
}

function result<T>(call: Promise<{ data?: T; response: Response }>): ApiPromise<T> {
  const answer = call.then(({ data, response }) => ({ data: data as T, response }))
  const data = answer.then((whole) => whole.data)
  const withResponse = () => {
    // the failure is given once, with the answer: nobody looks at the data alone any more
    data.catch(() => undefined)
    return answer
  }
  return Object.assign(data, { withResponse })
}

/**
 * Headers and signal of a call. The signal goes around the `Request`, which would follow it with a reference too weak to last until
 * the end of a file.
 */
export function init({ signal, idempotencyKey, ifMatch }: RequestOptions = {}) {
  return {
    ...(signal === undefined ? {} : { callerSignal: signal }),
    headers: {
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
  }
}
