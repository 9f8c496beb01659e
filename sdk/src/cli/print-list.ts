import type { List } from '../list.ts'
import type { Console } from './console/console.ts'
import { table } from './console/table.ts'
import { UsageError } from './failures.ts'

interface Shown<Item> {
  headers: string[]
  row(item: Item): (string | null)[]
}

/** The largest page that the API gives. */
const largestPage = 200

/** How many items a list was asked for, and how large its pages are to be. */
export function wanted({ limit = '50', all = false }: { limit?: string; all?: boolean }) {
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw new UsageError('--limit is a whole number from 1')
  const items = all ? Number.POSITIVE_INFINITY : Number(limit)
  return { items, query: { limit: Math.min(items, largestPage) } }
}

/** A list as a table, or as `{ data, more }`. */
export async function printList<Item>(
  console: Console,
  list: List<Item>,
  items: number,
  { headers, row }: Shown<Item>,
): Promise<undefined> {
  const data: Item[] = []
  let more = false
  for await (const item of list) {
    more = data.length >= items
    if (more) break
    data.push(item)
  }
  const rows = data.map((item) => row(item).map((cell) => cell ?? '–'))
  console.result({ data, more }, data.length === 0 ? [] : table(headers, rows))
  if (data.length === 0) console.note('There are none.')
  if (more) console.note('There are more: `--limit` and `--all` show them.')
}
