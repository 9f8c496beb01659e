import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { byPages } from './by-pages.ts'
import { isCondition } from './condition.ts'
import type { Subject } from './subject.ts'

/** What conditions say of email, phone and external id that is no whole value: whom they mean. */
export interface Fragments {
  whoIs(field: 'email' | 'phone' | 'externalId', value: string): number[]
}

const fields = ['email', 'phone', 'externalId'] as const

/** Below that, a part of an address is anybody's. */
const shortest = 3

/**
 * Reads the parts of addresses in conditions such as `contains ada.lovelace`. One means an erased person when it is a part of their
 * address that was theirs (not of the domain alone), and nobody who is left has it in theirs: then the rule can only have meant them. The
 * whole of an external id means its bearer however short.
 */
export async function ruleFragments(
  context: Context,
  people: readonly Subject[],
  signal: AbortSignal,
): Promise<Fragments> {
  const meant = new Map<string, number[]>()
  for (const { field, value } of (await readRules(context)).flatMap((rule) => [...fragmentsOf(rule)])) {
    const key = `${field} ${normal(field, value)}`
    if (!meant.has(key)) meant.set(key, bearersOf(people, field, value))
  }
  for (const field of ['email', 'phone'] as const) await dropShared(context, meant, field, signal)
  return { whoIs: (field, value) => meant.get(`${field} ${normal(field, value)}`) ?? [] }
}

/** Of segments, and of the audiences of campaigns as they were taken when they started. */
async function readRules(context: Context): Promise<unknown[]> {
  const rows = await context.db.$queryRaw<{ rule: unknown }[]>`
    select rule from segment where account_id = ${context.accountId}::uuid
    union all
    select snapshot -> 'audience' -> 'rule' from campaign where account_id = ${context.accountId}::uuid and snapshot is not null`
  return rows.map(({ rule }) => rule)
}

function* fragmentsOf(json: unknown): Iterable<{ field: (typeof fields)[number]; value: string }> {
  if (typeof json !== 'object' || json === null) return
  if (isCondition(json)) {
    const field = fields.find((name) => name === json.field)
    if (field === undefined) return
    for (const value of [json.value].flat()) if (typeof value === 'string') yield { field, value }
  } else for (const part of Object.values(json)) yield* fragmentsOf(part)
}

const normal = (field: string, value: string) =>
  field === 'phone' ? value.replace(/[^\d+]/g, '') : value.trim().toLowerCase()

function bearersOf(people: readonly Subject[], field: (typeof fields)[number], value: string): number[] {
  const text = normal(field, value)
  return people.flatMap((person, index) => {
    const whole = person[field]?.toLowerCase()
    if (whole === undefined || text === '') return []
    if (whole === text) return [index]
    if (field === 'externalId' || text.length < shortest) return []
    const at = whole.indexOf(text)
    // what lies in the domain alone is an employer's, or a provider's
    return at !== -1 && (field === 'phone' ? text.length >= 6 : at < whole.indexOf('@')) ? [index] : []
  })
}

/** How many comparisons of a part with an address one statement makes: some 100 ms. */
const comparisons = 1_000_000

/** Forgets those parts that somebody has who is left: by pages of contacts, until each part has been met or nobody is left to ask. */
async function dropShared(
  context: Context,
  meant: Map<string, number[]>,
  field: 'email' | 'phone',
  signal: AbortSignal,
): Promise<void> {
  const left = new Set(
    [...meant].flatMap(([key, who]) =>
      key.startsWith(`${field} `) && who.length > 0 ? [key.slice(field.length + 1)] : [],
    ),
  )
  if (left.size === 0) return
  const column = Prisma.raw(field)
  const size = Math.min(5_000, Math.max(100, Math.floor(comparisons / left.size)))
  await byPages(context, { table: 'contact', size, signal }, async (page) => {
    const shared = await context.db.$queryRaw<{ part: string }[]>`
      with address as materialized (
        select lower(${column}) as value from contact as held where held.account_id = ${context.accountId}::uuid and ${page} and ${column} is not null
      )
      select part
      from unnest(${[...left]}::text[]) as part
      where exists (select from address where strpos(value, part) > 0 and value <> part)`
    for (const { part } of shared) {
      meant.delete(`${field} ${part}`)
      left.delete(part)
    }
    return left.size > 0
  })
}
