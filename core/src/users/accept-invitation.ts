import { loginLookup } from '../access/login-lookup.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, uniqueViolation } from '../errors.ts'
import { preparePassword } from '../passwords/prepare-password.ts'
import type { UserToken } from '../tracking/token.ts'
import { transaction } from '../transaction.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { spendLink } from './end-links.ts'
import { lockAccount } from './lock-account.ts'
import { requirePersonName } from './person-name.ts'
import { requireLink } from './read-link.ts'
import { getUser } from './read-users.ts'

interface Acceptance {
  firstName?: string
  lastName?: string
  password?: string
}

/**
 * Somebody who was invited says who they are and chooses a password; the link has proven the address. Returns the password if
 * it was generated.
 *
 * @throws DomainError `link_ended`; `conflict` when the address has a login in another account
 */
export async function acceptInvitation(context: Context, token: UserToken, input: Acceptance) {
  const { user: invited, account } = await requireLink(context, token, 'invitation')
  const firstName = requirePersonName('/firstName', input.firstName ?? invited.firstName)
  const lastName = requirePersonName('/lastName', input.lastName ?? invited.lastName)
  const { hash, generated } = await preparePassword(input.password, [
    account,
    { ...invited, firstName, lastName },
  ])
  const { id, email } = invited
  try {
    return await transaction(context, async (tx) => {
      await lockAccount(tx)
      await spendLink(tx, await requireLink(tx, token, 'invitation'))
      const now = tx.clock.now()
      const { count } = await tx.db.user.updateMany({
        where: { ...tx.scope, id, status: 'invited' },
        data: {
          firstName,
          lastName,
          passwordHash: hash,
          status: 'active',
          emailVerifiedAt: now,
          version: { increment: 1 },
          updatedAt: now,
        },
      })
      if (count === 0) throw new DomainError('link_ended')
      await tx.db.credentialIndex.create({
        data: { lookup: loginLookup(tx.keys, email), kind: 'login', ...tx.scope, subjectId: id },
      })
      const inPerson: Context = { ...tx, actor: { type: 'user', id } }
      await settleOwnerEmail(inPerson)
      await recordAudit(inPerson, {
        target: { type: 'user', id },
        changed: ['status', 'password', 'emailVerifiedAt'],
      })
      return { user: await getUser(tx, id), password: generated }
    })
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    throw new DomainError('conflict', {
      detail: 'Your address has a login in another account: a person has one.',
    })
  }
}
