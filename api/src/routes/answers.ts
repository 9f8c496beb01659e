import { createHash } from 'node:crypto'

/** What handlers answer: a status, a body of the contract, and the headers that go with them. */
export interface Answer<Status extends number, Body> {
  status: Status
  body: Body
  headers: Record<string, string>
}

/** 200. With a `version`, a strong ETag. */
export function ok<Body>(body: Body, { version }: { version?: number } = {}): Answer<200, Body> {
  return { status: 200, body, headers: version === undefined ? {} : { etag: etagOf(version, body) } }
}

/**
 * The version is what `If-Match` compares. It does not change when something is counted, a contact joins a list, or
 * somebody else looks who sees less: the same ETag for another body would be no strong one (RFC 9110, section 8.8.1).
 */
function etagOf(version: number, body: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
  return `"${version}-${hash.slice(0, 10)}"`
}

/** 201, with where to find it. */
export function created<Body>(
  location: string,
  body: Body,
  options: { version?: number } = {},
): Answer<201, Body> {
  return { ...ok(body, options), status: 201, headers: { location, ...ok(body, options).headers } }
}

/** 202: the work goes on; `location` says how far it is. */
export function accepted<Body>(location: string, body: Body): Answer<202, Body> {
  return { status: 202, body, headers: { location } }
}

export function noContent(): Answer<204, undefined> {
  return { status: 204, body: undefined, headers: {} }
}

/** A page, with its `Link: rel="next"` (RFC 8288) added by the route. */
export function page<Row, Item>(
  result: { data: Row[]; nextCursor: string | null },
  present: (row: Row) => Item,
) {
  return ok({ data: result.data.map(present), nextCursor: result.nextCursor })
}
