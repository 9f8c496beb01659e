import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { addToReceipts } from './erase-queued.sql.ts'
import type { FindPeople } from './find-people.ts'
import { forgetter } from './forget-in-json.ts'
import { isJson, isList, searchedTables } from './held-columns.ts'
import type { Fragments } from './rule-fragments.ts'
import type { Unfinished } from './subject.ts'

type SearchedTable = (typeof searchedTables)[number]

/** Rows read at once: of contacts many, whose texts are short; of those with whole contents few. */
const pageOf = (table: string) => (table === 'contact' ? 2_000 : 100)

interface Row {
  id: string
  held: Record<string, unknown>
}

interface Change {
  id: string
  before: Record<string, unknown>
  after: Record<string, unknown>
}

/**
 * Replaces people in whatever the account has written itself: names, rules, contents, notes, attributes of other contacts. Each
 * table is read once for all who are being erased, by pages; only rows that mention somebody are written, and the words around
 * stay.
 */
export async function forgetMentions(
  context: Context,
  erasures: Unfinished[],
  { find, fragments, signal }: { find: FindPeople; fragments: Fragments; signal: AbortSignal },
): Promise<void> {
  for (const searched of searchedTables) {
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      signal.throwIfAborted()
      const rows = await readRows(context, searched, after)
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.id
      const counts = new Map<string, number>()
      const changes = rows.flatMap((row) => {
        const { found, change } = without(row, searched, forgetter(find, fragments))
        for (const index of found) {
          const { contactId } = erasures[index] ?? {}
          if (contactId !== undefined) counts.set(contactId, (counts.get(contactId) ?? 0) + 1)
        }
        return change === null ? [] : [change]
      })
      if (changes.length > 0) await write(context, searched, changes, counts)
    }
  }
}

function without(
  row: Row,
  { columns }: SearchedTable,
  { found, inText, inJson }: ReturnType<typeof forgetter>,
) {
  const after = Object.fromEntries(
    columns.map(([column, verdict]) => {
      const value = row.held[column]
      const free =
        verdict === 'searched name' && typeof value === 'string'
          ? inText(value)
          : inJson(value, verdict === 'searched with keys')
      // another row may have been named after the same person
      return [
        column,
        verdict === 'searched name' && free !== value
          ? `${String(free).slice(0, 180)} (${row.id.slice(-8)})`
          : free,
      ]
    }),
  )
  return { found, change: found.size === 0 ? null : { id: row.id, before: row.held, after } }
}

const idOf = (table: string) => Prisma.raw(table === 'account' ? 'id' : 'account_id')

/** The searched columns of a row, as JSON. The names are those of `heldColumns`. */
const heldOf = ({ columns }: SearchedTable) =>
  Prisma.raw(`jsonb_build_object(${columns.map(([column]) => `'${column}', held.${column}`).join(', ')})`)

function readRows(context: Context, searched: SearchedTable, after: string): Promise<Row[]> {
  const table = Prisma.raw(`"${searched.table}"`)
  return context.db.$queryRaw<Row[]>`
    select held.id, ${heldOf(searched)} as held
    from ${table} as held
    where held.${idOf(searched.table)} = ${context.accountId}::uuid and held.id > ${after}::uuid
    order by held.id
    limit ${pageOf(searched.table)}`
}

/** Rows that have a version get a new one: who read them with the person in them is told so when they write. */
const versioned: ReadonlySet<string> = new Set([
  'account',
  'campaign',
  'contact',
  'field',
  'list',
  'purpose',
  'segment',
  'sender',
  'template',
])

async function write(
  context: Context,
  searched: SearchedTable,
  changes: Change[],
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const table = Prisma.raw(`"${searched.table}"`)
  const sets = searched.columns.map(([column]) => {
    if (isJson(searched.table, column)) return `${column} = nullif(changed.after -> '${column}', 'null')`
    if (isList(searched.table, column))
      return `${column} = array(select jsonb_array_elements_text(changed.after -> '${column}'))`
    return `${column} = changed.after ->> '${column}'`
  })
  const assignments = Prisma.raw(sets.join(', '))
  await transaction(context, async (tx) => {
    const version = versioned.has(searched.table)
      ? Prisma.sql`, version = held.version + 1, updated_at = ${tx.clock.now()}::timestamptz`
      : Prisma.empty
    const written = await tx.db.$executeRaw`
      update ${table} as held
      set ${assignments}${version}
      from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as changed (id uuid, before jsonb, after jsonb)
      where held.${idOf(searched.table)} = ${tx.accountId}::uuid and held.id = changed.id and ${heldOf(searched)} = changed.before`
    // changed by somebody else meanwhile, or gone: the job is tried again, and sees what is there then
    if (written < changes.length) throw new OvertakenError()
    await addToReceipts(
      tx,
      'replaced',
      searched.table,
      [...counts].map(([contactId, count]) => ({ contactId, count })),
    )
  })
}

class OvertakenError extends Error {
  override name = 'OvertakenError'
}
