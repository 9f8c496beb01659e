import { recordAudit } from '../audit/record-audit.ts'
import { type Context, inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { isAddressAllowed } from './allowed-address.ts'
import type { OpenedSession } from './open-session.ts'
import { generateRefreshToken, hashRefreshToken, parseRefreshToken } from './refresh-token.ts'

/**
 * Replaces a refresh token by a new one. One that was already replaced revokes its session: somebody has a copy. From an address that
 * the account does not allow nothing happens at all.
 */
export async function refreshSession(context: RequestContext, token: string): Promise<OpenedSession> {
  const parsed = parseRefreshToken(token)
  if (parsed === null) throw new DomainError('invalid_credentials')
  const { accountId, sessionId } = parsed
  const inside = inAccount(context, accountId, { type: 'system', id: null })
  const renewed = await transaction(inside, async (tx) => {
    const now = tx.clock.now()
    const refreshToken = generateRefreshToken(accountId, sessionId)
    const where = { ...tx.scope, id: sessionId, revokedAt: null, expiresAt: { gt: now } }
    const session = await tx.db.session.findFirst({ where })
    if (session === null) return null
    await requireAllowedAddress(tx)
    const actor = { type: 'user' as const, id: session.userId }
    // the hash in the condition makes two equal requests at once one winner and one replay
    const { count } = await tx.db.session.updateMany({
      where: { ...where, refreshHash: hashRefreshToken(token) },
      data: { refreshHash: hashRefreshToken(refreshToken), refreshedAt: now, address: tx.address },
    })
    if (count === 0) await tx.db.session.updateMany({ where, data: { revokedAt: now } })
    await recordAudit(
      { ...tx, actor },
      {
        target: { type: 'session', id: sessionId },
        outcome: count === 0 ? 'refresh_token_reused' : 'success',
      },
    )
    return count === 0 ? null : { accountId, userId: session.userId, sessionId, refreshToken }
  })
  if (renewed === null) throw new DomainError('invalid_credentials')
  return renewed
}

async function requireAllowedAddress(tx: Context): Promise<void> {
  const { security } = await tx.db.account.findUniqueOrThrow({
    where: { id: tx.accountId },
    select: { security: true },
  })
  const { allowedIps = [] } = security as { allowedIps?: string[] }
  if (!isAddressAllowed(tx.address, allowedIps)) throw new DomainError('address_not_allowed')
}
