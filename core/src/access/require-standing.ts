import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/**
 * A request may have waited since it was let in, for a lock that was held by whoever ended the access that it came with. So what
 * gives access asks again, once it has the lock. A session that is found is held until the end of the transaction.
 *
 * @throws DomainError `unauthenticated` when the session, the key, or the value of the key has ended meanwhile
 */
export async function requireStanding(tx: Context): Promise<void> {
  const { type, sessionId } = tx.actor
  const stands =
    type === 'api_key' ? await isKeyAlive(tx) : sessionId === undefined || (await holdSession(tx, sessionId))
  if (!stands) throw new DomainError('unauthenticated')
}

/** `for share`: whoever ends the session waits, and finds what was written with it. */
async function holdSession(tx: Context, id: string): Promise<boolean> {
  const rows = await tx.db.$queryRaw<unknown[]>`
    select from session where account_id = ${tx.accountId}::uuid and id = ${id}::uuid and revoked_at is null for share`
  return rows.length > 0
}

async function isKeyAlive({ db, scope, actor, clock }: Context): Promise<boolean> {
  const { id, holder = null } = actor
  if (id === null) return false
  const now = clock.now()
  const key = await db.apiKey.count({ where: { ...scope, id, revokedAt: null } })
  const values = await db.credentialIndex.count({
    where: {
      ...scope,
      kind: 'api_key',
      subjectId: id,
      shownTo: holder,
      OR: [{ endsAt: null }, { endsAt: { gt: now } }],
    },
  })
  return key > 0 && values > 0
}
