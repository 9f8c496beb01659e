import type { Context } from '../context.ts'
import type { Field, Purpose } from '../database.ts'

export type DeclaredField = Field & { purpose: Pick<Purpose, 'key' | 'legalBasis'> | null }

/** The declared fields of an account, by their key. */
export type FieldBook = ReadonlyMap<string, DeclaredField>

/** All fields of the account: read once for a piece of work, however many contacts it writes. */
export async function loadFieldBook(context: Context): Promise<FieldBook> {
  const fields: DeclaredField[] = await context.db.field.findMany({
    where: context.scope,
    include: { purpose: { select: { key: true, legalBasis: true } } },
  })
  return new Map(fields.map((field) => [field.key, field]))
}
