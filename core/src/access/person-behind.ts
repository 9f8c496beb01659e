import type { Context } from '../context.ts'

/**
 * The user who acts: in person, or with a key that only they have been shown. null for whom that is not known of: of a key made before
 * it was kept, and of what no user does.
 */
export async function personBehind({ db, scope, actor }: Context): Promise<string | null> {
  const { type, id } = actor
  if (id === null) return null
  if (type === 'user') return id
  if (type !== 'api_key') return null
  const key = await db.apiKey.findUnique({
    where: { accountId_id: { ...scope, id } },
    select: { createdBy: true, rotatedBy: true },
  })
  return key?.rotatedBy ?? key?.createdBy ?? null
}
