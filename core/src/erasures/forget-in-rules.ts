import type { Context } from '../context.ts'
import type { Subject, Unfinished } from './subject.ts'

/** What stands where an erased person's value stood: of the same form, so that a rule stays a rule that then finds nobody. */
const erasedEmail = 'erased@erased.invalid'
const erasedPhone = '+33600000000'
const erasedId = 'erased'

interface Row {
  table: 'segment' | 'campaign'
  id: string
  version: number
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
  for (const row of await rowsNaming(context, people)) await forgetIn(context, row, people)
}

async function forgetIn(context: Context, row: Row, people: Subject[]): Promise<void> {
  const { id, version } = row
  const where = { ...context.scope, id, version }
  const change = { version: { increment: 1 }, updatedAt: context.clock.now() }
  const { count } =
    row.table === 'segment'
      ? await context.db.segment.updateMany({ where, data: { ...change, rule: without(row.rule, people) } })
      : await context.db.campaign.updateMany({
          where,
          data: {
            ...change,
            ...(row.content === null ? {} : { content: without(row.content, people) }),
            ...(row.snapshot === null ? {} : { snapshot: without(row.snapshot, people) }),
          },
        })
  // changed by somebody else meanwhile: the job is tried again, and sees what it is now
  if (count === 0) throw new OvertakenError()
}

class OvertakenError extends Error {
  override name = 'OvertakenError'
}

function rowsNaming(context: Context, people: Subject[]): Promise<Row[]> {
  const { accountId } = context
  const values = people.flatMap(({ email, phone, externalId }) => [email, phone, externalId])
  // as they stand in JSON, within its quotes
  const needles = values.flatMap((value) =>
    value === null ? [] : [JSON.stringify(value).slice(1, -1).toLowerCase()],
  )
  return context.db.$queryRaw<Row[]>`
    select 'segment' as table, id, version, rule, null::jsonb as content, null::jsonb as snapshot
    from segment
    where account_id = ${accountId}::uuid
      and exists (select from unnest(${needles}::text[]) as needle where strpos(lower(rule::text), needle) > 0)
    union all
    select 'campaign', id, version, null, content, snapshot
    from campaign
    where account_id = ${accountId}::uuid
      and exists (
        select from unnest(${needles}::text[]) as needle
        where strpos(lower(concat(content::text, snapshot::text)), needle) > 0
      )`
}

/** The same JSON without the people: addresses wherever they stand in a text, the rest in conditions on that very field. */
export function without(json: unknown, people: Subject[]): object {
  const forget = (value: unknown, field: unknown): unknown => {
    if (typeof value === 'string') return people.reduce((text, one) => withoutOne(text, field, one), value)
    if (Array.isArray(value)) return value.map((part) => forget(part, field))
    if (typeof value !== 'object' || value === null) return value
    const named = 'field' in value ? value.field : field
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, forget(part, named)]))
  }
  return forget(json, null) as object
}

function withoutOne(text: string, field: unknown, { email, phone, externalId }: Subject): string {
  const whole = text.trim().toLowerCase()
  if (field === 'phone' && phone !== null && whole.replace(/[\s.()-]/g, '') === phone) return erasedPhone
  if (field === 'externalId' && externalId !== null && whole === externalId.toLowerCase()) return erasedId
  if (email === null || !text.toLowerCase().includes(email.toLowerCase())) return text
  // not within a longer address
  const escaped = email.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const alone = new RegExp(`(?<![\\p{L}\\p{N}._%+-])${escaped}(?!-?[\\p{L}\\p{N}]|\\.[\\p{L}\\p{N}])`, 'giu')
  return text.replace(alone, erasedEmail)
}
