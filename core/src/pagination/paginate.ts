/**
 * Keyset pagination by id, newest first: UUIDv7 sorts by time, so a page costs the same wherever it is. A cursor is the
 * last id seen, signed together with the account and the query it belongs to.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'

export interface PageRequest {
  limit?: number
  cursor?: string
}

export interface Page<T> {
  data: T[]
  nextCursor: string | null
}

interface PageQuery {
  where: { id?: { lt: string } }
  take: number
  orderBy: { id: 'desc' }
}

/** `query` holds the filters: a cursor is refused with others than those it was made for. */
export async function paginate<T extends { id: string }>(
  context: RequestContext & { accountId?: string },
  request: PageRequest,
  query: Record<string, unknown>,
  fetch: (page: PageQuery) => Promise<T[]>,
): Promise<Page<T>> {
  const limit = request.limit ?? 50
  const seal = (id: string) => signature(context, query, id)
  const after = request.cursor === undefined ? undefined : openCursor(request.cursor, seal)
  const rows = await fetch({
    where: after === undefined ? {} : { id: { lt: after } },
    take: limit + 1,
    orderBy: { id: 'desc' },
  })
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  const nextCursor =
    rows.length > limit && last
      ? Buffer.concat([idBytes(last.id), seal(last.id)]).toString('base64url')
      : null
  return { data, nextCursor }
}

const idBytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex')

function signature(
  context: RequestContext & { accountId?: string },
  query: Record<string, unknown>,
  id: string,
): Buffer {
  const bound = JSON.stringify([
    context.accountId ?? '',
    context.action,
    Object.entries(query).filter(([, value]) => value !== undefined),
    id,
  ])
  return createHmac('sha256', context.keys.derive('cursor')).update(bound).digest().subarray(0, 16)
}

function openCursor(cursor: string, seal: (id: string) => Buffer): string {
  const bytes = Buffer.from(cursor, 'base64url')
  const hex = bytes.subarray(0, 16).toString('hex')
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  if (bytes.length !== 32 || !timingSafeEqual(bytes.subarray(16), seal(id)))
    throw new DomainError('invalid_cursor')
  return id
}
