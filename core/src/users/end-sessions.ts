import type { Context } from '../context.ts'

/** Ends all sessions of a user at once, but for one: their access tokens are asked about at each request. */
export async function endSessions(tx: Context, userId: string, exceptId?: string): Promise<void> {
  await tx.db.session.updateMany({
    where: {
      ...tx.scope,
      userId,
      revokedAt: null,
      ...(exceptId === undefined ? {} : { id: { not: exceptId } }),
    },
    data: { revokedAt: tx.clock.now() },
  })
}
