import { proveLogin } from '../access/login-lookup.ts'
import { provePassword } from '../access/prove-again.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { UserToken } from '../tracking/token.ts'
import { transaction } from '../transaction.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { armLink } from './arm-link.ts'
import { spendLink } from './end-links.ts'
import { endUnprovenAccess } from './end-unproven-access.ts'
import { linkKinds } from './link-kinds.ts'
import { lockAccount } from './lock-account.ts'
import { type OpenedLink, readLink } from './read-link.ts'

export interface Confirmation extends OpenedLink {
  /** Where the holder of the mailbox chooses a password, when the one of before has ended. */
  passwordUrl?: string
}

/**
 * The holder of a mailbox says that it is theirs. With the password it is they who have opened the account, and all goes on. Without
 * it, it may have been somebody else: that password and all other access that was made so far end (`endUnprovenAccess`), and the
 * holder chooses a password of their own.
 *
 * A second time, or too late, changes nothing and says so; too late is also when the address has become somebody else's login meanwhile.
 *
 * @throws DomainError `invalid` at `/password`; `rate_limited` after some wrong ones
 */
export async function confirmEmail(
  context: Context,
  token: UserToken,
  password: string | undefined,
): Promise<Confirmation> {
  const { user, status } = await readLink(context, token, 'confirmEmail')
  if (status === 'waiting' && password !== undefined)
    await provePassword({ ...context, actor: { type: 'user', id: user.id } }, password)
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    const opened = await readLink(tx, token, 'confirmEmail')
    if (opened.status !== 'waiting') return opened
    if (!(await proveLogin(tx, opened.user))) return { ...opened, status: 'expired' }
    await spendLink(tx, opened)
    const { id, emailVerifiedAt } = opened.user
    const now = tx.clock.now()
    await tx.db.user.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: { emailVerifiedAt: now, version: { increment: 1 }, updatedAt: now },
    })
    const inPerson: Context = { ...tx, actor: { type: 'user', id } }
    const isTaken = password === undefined && emailVerifiedAt === null
    const passwordUrl = isTaken ? await takeOver(inPerson, opened) : undefined
    await settleOwnerEmail(inPerson)
    const changed = isTaken ? ['emailVerifiedAt', 'password'] : ['emailVerifiedAt']
    await recordAudit(inPerson, { target: { type: 'user', id }, changed })
    return { ...opened, status: 'used', passwordUrl }
  })
}

/** Leaves the holder of the mailbox alone with the account. Answers where they choose a password. */
async function takeOver(tx: Context, { user }: OpenedLink): Promise<string | undefined> {
  await tx.db.user.update({
    where: { accountId_id: { ...tx.scope, id: user.id } },
    data: { passwordHash: null },
  })
  await endUnprovenAccess(tx, user)
  const now = tx.clock.now()
  const link = await tx.db.userLink.create({
    data: {
      ...tx.scope,
      id: tx.newId(),
      userId: user.id,
      kind: 'passwordReset',
      expiresAt: new Date(now.getTime() + linkKinds.passwordReset.lifetimeMs),
      createdAt: now,
    },
  })
  return (await armLink(tx, link.id))?.url
}
