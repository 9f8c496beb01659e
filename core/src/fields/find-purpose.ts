import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'

/** The purpose that a field is held for, by its key; null for none. */
export async function findPurpose(context: Context, key: string | null) {
  if (key === null) return null
  const purpose = await context.db.purpose.findUnique({ where: { accountId_key: { ...context.scope, key } } })
  if (purpose === null) throw invalid('/purpose', 'is not the key of a purpose')
  return purpose
}
