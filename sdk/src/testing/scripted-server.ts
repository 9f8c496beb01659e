/** A real HTTP server that answers as told, request by request, and remembers what it was sent. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { createApi } from '../api.ts'

export interface SeenRequest {
  method: string | undefined
  url: string | undefined
  headers: IncomingMessage['headers']
  body: string
}

/** Answers one request; `body` has been read unless the step asked for the raw request. */
export type Step = (response: ServerResponse, request: IncomingMessage) => unknown

export const answer =
  (status: number, body?: unknown, headers: Record<string, string> = {}): Step =>
  (response) =>
    response
      .writeHead(status, body === undefined ? headers : { 'content-type': 'application/json', ...headers })
      .end(body === undefined ? undefined : JSON.stringify(body))

export const problem = (status: number, code: string, headers: Record<string, string> = {}): Step =>
  answer(
    status,
    {
      type: `http://127.0.0.1/problems/${code}`,
      title: code,
      status,
      code,
      instance: '0',
      detail: `It is ${code}.`,
    },
    { 'content-type': 'application/problem+json', 'x-request-id': 'request-1', ...headers },
  )

/** Breaks the connection instead of answering. */
export const hangUp: Step = (response) => response.destroy()

/** Reads the request and says nothing. */
export const silent: Step = () => undefined

/** Steps answer the first, second… request; one more fails the test. */
export async function scriptedServer(...steps: Step[]) {
  const seen: SeenRequest[] = []
  const server = createServer(async (request, response) => {
    const step = steps[seen.length] ?? problem(418, 'unexpected')
    const { method, url, headers } = request
    const entry = { method, url, headers, body: '' }
    seen.push(entry)
    entry.body = await text(request).catch(() => '(broken off)')
    step(response, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, server }
}

/** A client of such a server whose waits are written down instead of waited. */
export function patientApi(
  baseUrl: string,
  options: {
    maxRetries?: number
    timeout?: number
    now?: number
    onProofRequired?: () => Promise<boolean>
  } = {},
) {
  const waits: number[] = []
  let keys = 0
  const api = createApi({
    baseUrl,
    token: () => 'the-token',
    fetch: globalThis.fetch,
    maxRetries: options.maxRetries ?? 3,
    timeout: options.timeout ?? 5_000,
    onProofRequired: options.onProofRequired ?? (async () => false),
    randomKey: () => `key-${++keys}`,
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds)
      signal?.throwIfAborted()
    },
    now: () => options.now ?? Date.now(),
    random: () => 0,
  })
  return { api, waits }
}
