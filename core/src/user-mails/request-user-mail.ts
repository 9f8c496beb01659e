import { type Context, isTestMode } from '../context.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { linkKinds } from '../users/link-kinds.ts'
import type { Facts } from './kind.ts'
import { type UserMailName, userMailKinds } from './kinds.ts'

/**
 * Writes that a user is to get a mail, inside the transaction of what happened; a job sends it. With a link, when the kind has
 * one. `facts` hold ids and codes.
 */
export async function requestUserMail(
  tx: Context,
  kind: UserMailName,
  userId: string,
  facts: Facts = {},
): Promise<void> {
  const id = tx.newId()
  const now = tx.clock.now()
  const { link } = userMailKinds[kind]
  if (link !== null) {
    const expiresAt = new Date(now.getTime() + linkKinds[link].lifetimeMs)
    await tx.db.userLink.create({
      data: { ...tx.scope, id, userId, kind: link, expiresAt, createdAt: now },
      select: { id: true },
    })
  }
  await tx.db.userMail.create({
    data: {
      ...tx.scope,
      id,
      kind,
      userId,
      facts,
      state: 'queued',
      testMode: isTestMode(tx),
      nextAttemptAt: now,
      stateAt: now,
      createdAt: now,
    },
    select: { id: true },
  })
  await enqueue(tx, 'users.mail', {}, { dedupeKey: 'mail' })
}

/** The same to each of those who answer for the account: its active owners and admins. */
export async function requestAdminMails(tx: Context, kind: UserMailName, facts: Facts = {}): Promise<void> {
  const admins = await tx.db.user.findMany({
    where: { ...tx.scope, status: 'active', role: { in: ['owner', 'admin'] } },
    select: { id: true },
  })
  for (const { id } of admins) await requestUserMail(tx, kind, id, facts)
}
