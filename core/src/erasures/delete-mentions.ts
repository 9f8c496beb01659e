import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { addToReceipts } from './erase-queued.sql.ts'
import { mentions } from './mentions.ts'
import type { Unfinished } from './subject.ts'

const rowsAtOnce = 5_000

/**
 * Deletes the rejected rows of imports that mention a person. They are raw lines of a file, refused for being malformed, so
 * no index and no normalised column finds them: all are read, some thousands at a time. How many rows were rejected stays in
 * the figures of the import.
 */
export async function deleteMentions(
  context: Context,
  erasures: Unfinished[],
  signal: AbortSignal,
): Promise<void> {
  const find = mentions(erasures.map(({ person }) => person))
  let after = { importId: '00000000-0000-0000-0000-000000000000', line: 0 }
  for (;;) {
    signal.throwIfAborted()
    const rows = await readErrors(context, after)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last
    const found = rows.flatMap((row) => find(textOf(row)).map((index) => ({ ...row, index })))
    if (found.length > 0) await deleteErrors(context, found, erasures)
  }
}

interface ErrorRow {
  importId: string
  line: number
  row: string
  detail: string
  email: string | null
  phone: string | null
  externalId: string | null
}

const textOf = ({ row, detail, email, phone, externalId }: ErrorRow) =>
  [row, detail, email, phone, externalId].filter((part) => part !== null).join('\n')

async function readErrors(context: Context, after: { importId: string; line: number }): Promise<ErrorRow[]> {
  return context.db.$queryRaw<ErrorRow[]>`
    select import_id as "importId", line, row, detail, email, phone, external_id as "externalId"
    from import_error
    where account_id = ${context.accountId}::uuid and (import_id, line) > (${after.importId}::uuid, ${after.line}::int)
    order by import_id, line
    limit ${rowsAtOnce}`
}

async function deleteErrors(
  context: Context,
  found: (ErrorRow & { index: number })[],
  erasures: Unfinished[],
) {
  const counts = new Map<string, number>()
  for (const { index } of found) {
    const contactId = erasures[index]?.contactId
    if (contactId !== undefined) counts.set(contactId, (counts.get(contactId) ?? 0) + 1)
  }
  await transaction(context, async (tx) => {
    await tx.db.$executeRaw`
      delete from import_error
      using unnest(${found.map(({ importId }) => importId)}::uuid[], ${found.map(({ line }) => line)}::int[]) as gone (import_id, line)
      where import_error.account_id = ${tx.accountId}::uuid
        and import_error.import_id = gone.import_id
        and import_error.line = gone.line`
    await addToReceipts(
      tx,
      'deleted',
      'import_error',
      [...counts].map(([contactId, count]) => ({ contactId, count })),
    )
  })
}
