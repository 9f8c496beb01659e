import { recordAudit } from '../audit/record-audit.ts'
import { type Context, inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { isAddressAllowed } from './allowed-address.ts'
import type { OpenedSession } from './open-session.ts'
import { hashRefreshToken, isOwnRefreshToken, nextRefreshToken, parseRefreshToken } from './refresh-token.ts'

/** How long the token before the last still gives the last: two tabs renew at once, or an answer is lost on its way. */
export const graceMs = 60_000

/**
 * Replaces a refresh token by its successor. The one before it gives the same successor again for a minute; any other that was
 * replaced revokes the session: somebody has a copy. A token that is not ours has no effect and leaves no trace in the account,
 * whatever session it names. From an address that the account does not allow nothing happens at all.
 */
export async function refreshSession(context: RequestContext, token: string): Promise<OpenedSession> {
  const parsed = parseRefreshToken(token)
  if (parsed === null) throw new DomainError('invalid_credentials')
  const { accountId, sessionId } = parsed
  const inside = inAccount(context, accountId, { type: 'system', id: null })
  const renewed = await transaction(inside, async (tx) => {
    const session = await lockSession(tx, sessionId)
    if (session === null) return null
    const use = useOf(tx, session, token)
    if (use === 'forged') return null
    await requireAllowedAddress(tx)
    const refreshToken = nextRefreshToken(tx.keys, token)
    await tx.db.session.update({
      where: { accountId_id: { ...tx.scope, id: sessionId } },
      data: changeOf(tx, use, session, refreshToken),
    })
    const actor = { type: 'user' as const, id: session.userId }
    await recordAudit(
      { ...tx, actor },
      { target: { type: 'session', id: sessionId }, outcome: outcomes[use] },
    )
    return use === 'replayed' ? null : { accountId, userId: session.userId, sessionId, refreshToken }
  })
  if (renewed === null) throw new DomainError('invalid_credentials')
  return renewed
}

interface Held {
  userId: string
  refreshHash: Uint8Array
  previousHash: Uint8Array | null
  refreshedAt: Date
}

/** Uses of the tokens of a session wait for each other: of equal ones at once, one renews and the others come after it. */
async function lockSession(tx: Context, id: string): Promise<Held | null> {
  const [session] = await tx.db.$queryRaw<Held[]>`
    select
      user_id as "userId", refresh_hash as "refreshHash", previous_hash as "previousHash", refreshed_at as "refreshedAt"
    from session
    where account_id = ${tx.accountId}::uuid and id = ${id}::uuid and revoked_at is null and expires_at > ${tx.clock.now()}
    for no key update`
  return session ?? null
}

type Use = 'current' | 'repeated' | 'replayed' | 'forged'

const outcomes = {
  current: 'success',
  repeated: 'refresh_token_repeated',
  replayed: 'refresh_token_reused',
} as const

function useOf({ keys, clock }: Context, session: Held, token: string): Use {
  const is = (hash: Uint8Array | null) =>
    hash !== null && Buffer.from(hash).equals(Buffer.from(hashRefreshToken(token)))
  if (is(session.refreshHash)) return 'current'
  const age = clock.now().getTime() - session.refreshedAt.getTime()
  if (is(session.previousHash) && age < graceMs) return 'repeated'
  // of sessions from before tokens had a MAC, only the live one is known
  return isOwnRefreshToken(keys, token) || is(session.previousHash) ? 'replayed' : 'forged'
}

function changeOf({ clock, address }: Context, use: Use, session: Held, refreshToken: string) {
  const now = clock.now()
  switch (use) {
    case 'current':
      return {
        refreshHash: hashRefreshToken(refreshToken),
        previousHash: new Uint8Array(session.refreshHash),
        refreshedAt: now,
        address,
      }
    case 'replayed':
      return { revokedAt: now }
    default:
      return {}
  }
}

async function requireAllowedAddress(tx: Context): Promise<void> {
  const { security } = await tx.db.account.findUniqueOrThrow({
    where: { id: tx.accountId },
    select: { security: true },
  })
  const { allowedIps = [] } = security as { allowedIps?: string[] }
  if (!isAddressAllowed(tx.address, allowedIps)) throw new DomainError('address_not_allowed')
}
