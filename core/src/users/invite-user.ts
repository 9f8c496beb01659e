import { isOnTrial } from '../accounts/trial-contacts.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { normaliseEmail } from '../contacts/normalise.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { countTrialAct } from '../limited-acts/count-act.ts'
import { transaction } from '../transaction.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'
import { givenRights } from './given-rights.ts'
import { requirePersonName } from './person-name.ts'
import { lockUsers, requireGrantable } from './rights.ts'

export interface NewUser {
  email: string
  firstName: string
  lastName: string
  role?: string
  permissions?: string[]
}

/** Users of an account in trial, which nobody knows yet: it cannot send invitations to everybody. */
export const trialUsers = 10

/** Invitations that it may mail in a day, whoever has been deleted since, repeated ones included. */
export const trialInvitations = 10

/**
 * Invites somebody by mail. Whether the address has a login in another account is not told: it becomes one when they accept,
 * and they learn it then, who have the mailbox.
 */
export async function inviteUser(context: Context, input: NewUser) {
  const rights = givenRights(input)
  if (rights === undefined) throw invalid('/role', 'or `permissions` must be given')
  const email = requireAddress(input.email)
  const firstName = requirePersonName('/firstName', input.firstName)
  const lastName = requirePersonName('/lastName', input.lastName)
  return transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    requireGrantable(manager, rights)
    await requireRoom(tx)
    const known = await tx.db.user.findUnique({ where: { accountId_email: { ...tx.scope, email } } })
    if (known !== null)
      throw new DomainError('conflict', {
        fields: [{ pointer: '/email', detail: 'is that of a user of the account' }],
      })
    const now = tx.clock.now()
    const user = await tx.db.user.create({
      data: {
        ...tx.scope,
        ...rights,
        id: tx.newId(),
        email,
        firstName,
        lastName,
        status: 'invited',
        createdAt: now,
        updatedAt: now,
      },
    })
    await countInvitation(tx)
    await requestUserMail(tx, 'users.invite', user.id)
    await recordAudit(tx, { target: { type: 'user', id: user.id } })
    return user
  })
}

function requireAddress(text: string): string {
  const email = normaliseEmail(text)
  if (!email.ok) throw invalid('/email', email.detail)
  if (email.value === null) throw invalid('/email', 'must not be blank')
  return email.value
}

/** Counts a mail to somebody who may be a stranger, of an account that nobody knows yet. */
export async function countInvitation(tx: Context): Promise<void> {
  if (await isOnTrial(tx))
    await countTrialAct(tx, { kind: 'users.invite', limit: trialInvitations, what: 'invitations' })
}

async function requireRoom(tx: Context): Promise<void> {
  if ((await isOnTrial(tx)) && (await tx.db.user.count({ where: tx.scope })) >= trialUsers)
    throw new DomainError('trial_restricted', { detail: `A trial account has ${trialUsers} users at most.` })
}
