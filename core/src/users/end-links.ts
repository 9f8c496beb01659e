import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { LinkKind } from './link-kinds.ts'
import type { OpenedLink } from './read-link.ts'

/** Uses a link, and ends all others of its kind. Of two at the same time, one does: the other is refused. */
export async function spendLink(tx: Context, { link }: OpenedLink): Promise<void> {
  const now = tx.clock.now()
  const { count } = await tx.db.userLink.updateMany({
    where: { ...tx.scope, id: link.id, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  })
  if (count === 0) throw new DomainError('link_ended')
  await endLinks(tx, link.userId, link.kind as LinkKind)
}

/** Ends the links of a user: all, or those of a kind. */
export async function endLinks(tx: Context, userId: string, kind?: LinkKind): Promise<void> {
  await tx.db.userLink.updateMany({
    where: { ...tx.scope, userId, kind, usedAt: null },
    data: { usedAt: tx.clock.now() },
  })
}
