import type { Context } from '../context.ts'
import type { Subject, Unfinished } from './subject.ts'

/** What stands where an erased person's value stood: of the same form, so that a rule stays a rule that then finds nobody. */
const erasedEmail = 'erased@erased.invalid'
const erasedPhone = '+33600000000'
const erasedId = 'erased'

interface Row {
  table: 'segment' | 'campaign'
  id: string
  rule: unknown
  content: unknown
  snapshot: unknown
}

/**
 * Takes a person's address, phone number and external id out of what the account itself has written: rules of segments
 * (`email eq ada@…`), contents of campaigns, and what campaigns have sent, with the rule of their audience. Only the rows
 * that hold one of them are changed; the words around it stay.
 */
export async function forgetInRules(context: Context, erasures: Unfinished[]): Promise<void> {
  const people = erasures.map(({ person }) => person)
  for (const row of await rowsNaming(context, people)) {
    const at = { accountId_id: { ...context.scope, id: row.id } }
    const change = { version: { increment: 1 }, updatedAt: context.clock.now() }
    if (row.table === 'segment')
      await context.db.segment.update({ where: at, data: { ...change, rule: without(row.rule, people) } })
    else
      await context.db.campaign.update({
        where: at,
        data: {
          ...change,
          ...(row.content === null ? {} : { content: without(row.content, people) }),
          ...(row.snapshot === null ? {} : { snapshot: without(row.snapshot, people) }),
        },
      })
  }
}

function rowsNaming(context: Context, people: Subject[]): Promise<Row[]> {
  const { accountId } = context
  const values = people.flatMap(({ email, phone, externalId }) => [email, phone, externalId])
  // as they stand in JSON, within its quotes
  const needles = values.flatMap((value) =>
    value === null ? [] : [JSON.stringify(value).slice(1, -1).toLowerCase()],
  )
  return context.db.$queryRaw<Row[]>`
    select 'segment' as table, id, rule, null::jsonb as content, null::jsonb as snapshot
    from segment
    where account_id = ${accountId}::uuid
      and exists (select from unnest(${needles}::text[]) as needle where strpos(lower(rule::text), needle) > 0)
    union all
    select 'campaign', id, null, content, snapshot
    from campaign
    where account_id = ${accountId}::uuid
      and exists (
        select from unnest(${needles}::text[]) as needle
        where strpos(lower(concat(content::text, snapshot::text)), needle) > 0
      )`
}

/** The same JSON without the people: addresses wherever they stand in a text, other values where they are all of it. */
export function without(json: unknown, people: Subject[]): object {
  const forget = (value: unknown): unknown => {
    if (typeof value === 'string') return people.reduce(withoutOne, value)
    if (Array.isArray(value)) return value.map(forget)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, forget(part)]))
  }
  return forget(json) as object
}

function withoutOne(text: string, { email, phone, externalId }: Subject): string {
  const whole = text.trim().toLowerCase()
  if (phone !== null && whole.replace(/[\s.()-]/g, '') === phone) return erasedPhone
  if (externalId !== null && whole === externalId.toLowerCase()) return erasedId
  if (email === null || !text.toLowerCase().includes(email.toLowerCase())) return text
  // not within a longer address
  const escaped = email.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const alone = new RegExp(`(?<![\\p{L}\\p{N}._%+-])${escaped}(?!-?[\\p{L}\\p{N}]|\\.[\\p{L}\\p{N}])`, 'giu')
  return text.replace(alone, erasedEmail)
}
