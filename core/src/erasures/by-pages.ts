import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'

const first = '00000000-0000-0000-0000-000000000000'

/**
 * Goes through the rows of a tenant's table by their ids, so many at a time: what is asked of all of them must not be one
 * statement, which an account of a million would have ended for its time. `read` gets the condition for a page, on the ids of the
 * account's rows in a table called `held`; `false` ends it early.
 */
export async function byPages(
  context: Context,
  { table, size, signal }: { table: 'contact' | 'consent_event' | 'user'; size: number; signal: AbortSignal },
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to say
  read: (page: Prisma.Sql) => Promise<boolean | void>,
): Promise<void> {
  for (let after = first; ; ) {
    signal.throwIfAborted()
    const [last] = await context.db.$queryRaw<{ id: string; rows: number }[]>`
      select id, row_number() over (order by id)::int as rows
      from (
        select id from ${Prisma.raw(`"${table}"`)}
        where account_id = ${context.accountId}::uuid and id > ${after}::uuid
        order by id
        limit ${size}
      ) as page
      order by id desc
      limit 1`
    if (last === undefined) return
    const goesOn = await read(Prisma.sql`held.id > ${after}::uuid and held.id <= ${last.id}::uuid`)
    if (goesOn === false || last.rows < size) return
    after = last.id
  }
}
