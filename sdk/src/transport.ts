/** Sends a call: once, or again while that is safe and worth it, waiting for as long as the server asks. Throws typed errors. */
import { ApiError, apiError, ConnectionError } from './errors.ts'
import { backoff, isPassing, longestWait, retryAfter } from './retry.ts'
import { boundSilence, heardThrough } from './silence.ts'
import type { Sleep } from './sleep.ts'

export interface TransportOptions {
  fetch: typeof fetch
  /** Attempts after the first. */
  maxRetries: number
  /** Milliseconds an attempt may go without a byte sent or received. */
  timeout: number
  /** Whether the user has proven who they are, after a refusal for want of that; no attempt is running meanwhile. */
  onProofRequired: () => Promise<boolean>
  sleep: Sleep
  now: () => number
  random: () => number
}

/** A request in pieces that can be sent again: a `Request` is spent by its first attempt, and cloning it keeps both copies of its body. */
export interface Call {
  method: string
  url: string
  headers: Headers
  /** A stream is sent in one attempt: it is gone afterwards. */
  body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  signal?: AbortSignal
}

/**
 * GET, PUT, PATCH (a merge patch) and DELETE have the same effect sent twice (RFC 9110, section 9.2.2); a POST is recognised by
 * its Idempotency-Key.
 */
function isRepeatable({ method, headers, body }: Call): boolean {
  if (body instanceof ReadableStream) return false
  return method !== 'POST' || headers.has('idempotency-key')
}

export function transport(options: TransportOptions): (call: Call) => Promise<Response> {
  return async (call) => {
    const attempts = isRepeatable(call) ? 1 + options.maxRetries : 1
    let asked = false
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptOnce(call, options)
      if (outcome instanceof Response && outcome.ok) return outcome
      const { error, wait } = await failureOf(outcome, call, attempt, options)
      // nothing was done for want of a proof: sending it once more is safe
      if (!asked && isProofRequired(error) && !(call.body instanceof ReadableStream)) {
        asked = true
        if (await options.onProofRequired()) continue
      }
      if (wait === undefined || attempt >= attempts) throw error
      await options.sleep(wait, call.signal)
    }
  }
}

const isProofRequired = (error: unknown) => error instanceof ApiError && error.code === 'proof_required'

/** What to throw, and how many milliseconds to wait before trying again; undefined when that would not help. */
async function failureOf(
  outcome: Response | { failed: unknown },
  call: Call,
  attempt: number,
  { now, random }: TransportOptions,
): Promise<{ error: unknown; wait?: number }> {
  const wait = backoff(attempt, random)
  if (!(outcome instanceof Response)) {
    // the caller's own decision comes back as the caller gave it
    if (call.signal?.aborted) return { error: call.signal.reason }
    const cause = outcome.failed
    const message = `${call.method} ${new URL(call.url).pathname}: ${reasonOf(cause)}`
    return { error: new ConnectionError(message, { cause }), wait }
  }
  const asked = retryAfter(outcome.headers.get('retry-after'), now())
  const error = await apiError(outcome, asked)
  if (!isPassing(error.status, error.code) || (asked ?? 0) > longestWait) return { error }
  return { error, wait: asked === undefined ? wait : asked * 1000 }
}

/**
 * JSON is read to its end, so that a connection that breaks in the middle counts as a failed attempt. Other answers are files: they
 * are handed on as they arrive.
 */
async function attemptOnce(
  { method, url, headers, body, signal }: Call,
  { fetch, timeout }: TransportOptions,
): Promise<Response | { failed: unknown }> {
  const silence = boundSilence(timeout, signal)
  const streamed = body instanceof ReadableStream
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers,
    body: streamed ? heardThrough(body, silence.heard) : body,
    signal: silence.signal,
    // a stream cannot be sent again to where it is redirected; yet to be able to, `fetch` would keep all of it
    ...(streamed ? { duplex: 'half', redirect: 'error' } : {}),
  }
  try {
    const response = await fetch(url, init)
    silence.heard()
    const answer = response.body === null ? null : heardThrough(response.body, silence.heard, silence.end)
    if (answer === null) silence.end()
    const isFile = response.ok && !/[/+]json\b/.test(response.headers.get('content-type') ?? '')
    const content = isFile || answer === null ? answer : await new Response(answer).arrayBuffer()
    return new Response(content, response)
  } catch (failed) {
    silence.end()
    return { failed }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
