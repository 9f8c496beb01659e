import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/** How long a login, or a proof given since, is good for what gives access to others. */
export const proofMs = 15 * 60_000

/**
 * A session that was left open, or stolen, must not be turned into access that outlives it. A key has nothing to prove itself with besides
 * itself: what it may do, it may always.
 *
 * @throws DomainError `proof_required` in a session whose user has not proven for a while who they are
 */
export async function requireRecentProof({ db, scope, actor, clock }: Context): Promise<void> {
  const { type, sessionId } = actor
  if (type !== 'user') return
  const since = new Date(clock.now().getTime() - proofMs)
  const proven = await db.session.count({
    where: { ...scope, id: sessionId, provenAt: { gt: since }, revokedAt: null },
  })
  if (sessionId === undefined || proven === 0) throw new DomainError('proof_required')
}
