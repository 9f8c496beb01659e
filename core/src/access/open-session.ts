import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { SecondFactor } from '../totp/use-second-factor.ts'
import { requestAdminMails } from '../user-mails/request-user-mail.ts'
import { type FoundLogin, familiarMs } from './find-login.sql.ts'
import { networkOf, programOf } from './network.ts'
import { generateRefreshToken, hashRefreshToken } from './refresh-token.ts'

export interface OpenedSession {
  accountId: string
  userId: string
  sessionId: string
  refreshToken: string
  /** The session may set up a second factor, and nothing else until then. */
  mustEnrol?: boolean
}

export const sessionDays = 30

/** Opens a session of a user who has proven who they are. Belongs into the transaction of that proof. */
export async function openSession(
  tx: Context,
  { userId, security, secondFactorDue }: Pick<FoundLogin, 'userId' | 'security' | 'secondFactorDue'>,
  factor: SecondFactor | null,
): Promise<OpenedSession> {
  const { accountId } = tx
  const now = tx.clock.now()
  const sessionId = tx.newId()
  const refreshToken = generateRefreshToken(tx.keys, accountId, sessionId)
  const network = networkOf(tx.address)
  const program = programOf(tx.userAgent)
  const earlier = await tx.db.session.findFirst({
    where: {
      ...tx.scope,
      userId,
      network,
      program,
      createdAt: { gt: new Date(now.getTime() - familiarMs) },
    },
    select: { id: true },
  })
  await tx.db.session.create({
    data: {
      ...tx.scope,
      id: sessionId,
      userId,
      refreshHash: hashRefreshToken(refreshToken),
      address: tx.address,
      userAgent: tx.userAgent?.slice(0, 500) ?? null,
      network,
      program,
      newDevice: earlier === null,
      secondFactor: factor,
      provenAt: now,
      createdAt: now,
      refreshedAt: now,
      expiresAt: new Date(now.getTime() + sessionDays * 86_400_000),
    },
  })
  await recordAudit(tx, {
    target: { type: 'session', id: sessionId },
    // one less is left
    changed: factor === 'recovery_code' ? ['recoveryCodes'] : [],
  })
  if (security.notifyLogins === true) await requestAdminMails(tx, 'sessions.notice', { session: sessionId })
  const mustEnrol = (secondFactorDue || security.requireTotp === true) && factor === null
  return { accountId, userId, sessionId, refreshToken, mustEnrol }
}
