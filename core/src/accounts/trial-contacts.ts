import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { countTrialAct } from '../limited-acts/count-act.ts'
import { lockAccount } from '../users/lock-account.ts'

/** Rows of a file, and contacts in all, of an account in trial: the second, or many small files would be a large one. */
export const trialContacts = 1_000

/** Contacts that it may create in a day: who deletes some and creates others holds few, and goes through many. */
export const trialContactsADay = 2_000

/** Whether the account is in trial. */
export async function isOnTrial({ db, accountId }: Context): Promise<boolean> {
  const account = await db.account.findUnique({ where: { id: accountId }, select: { status: true } })
  return account?.status === 'trial'
}

/**
 * Refuses what has just created contacts, when an account in trial has more of them then than it may. Creations wait for each
 * other from here to the end of the transaction: each counts what those before it have left.
 *
 * @throws DomainError `trial_restricted`
 */
export async function requireTrialRoom(tx: Context, created: number): Promise<void> {
  if (!(await isOnTrial(tx))) return
  await lockAccount(tx)
  const held = await tx.db.contact.findMany({
    where: tx.scope,
    select: { id: true },
    skip: trialContacts,
    take: 1,
  })
  if (held.length > 0)
    throw new DomainError('trial_restricted', {
      detail: `A trial account holds ${trialContacts} contacts at most: nothing was written.`,
    })
  await countTrialAct(tx, {
    kind: 'contacts.create',
    limit: trialContactsADay,
    what: 'new contacts',
    amount: created,
  })
}
