/** Requests as no client of ours makes them: the SDK does not let one send what is wrong. */
import type { Problem } from '@envoi/sdk'

export interface RawRequest {
  method?: string
  token?: string | null
  headers?: Record<string, string>
  /** Sent as JSON unless it is text or bytes. */
  body?: unknown
}

export interface RawAnswer {
  status: number
  headers: Headers
  text: string
  /** The body as JSON; undefined when it is none. */
  body: Partial<Problem> & Record<string, unknown>
}

export async function request(url: string, options: RawRequest = {}): Promise<RawAnswer> {
  const { body, token } = options
  const given = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined || token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    body: given ? (body as string | undefined) : JSON.stringify(body),
    redirect: 'manual',
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : {},
  }
}
