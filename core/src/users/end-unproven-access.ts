/**
 * Anybody can open an account with somebody else's address, and prepare it for the day when its holder takes it over: with keys,
 * open sessions, second factors that only they have, friends they have invited. So the first proof of an address that does not come with
 * the password of the account ends all access that was made before it. All of it leads back to whoever opened the account: nobody
 * else in it has come by any other way.
 */
import type { User } from '@envoi/prisma'
import { endSecondFactors } from '../access/end-second-factors.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'
import { endLinks } from './end-links.ts'

/**
 * Ends all access to the account but that by the address of `holder`, which has just been proven. Other users are deactivated, so that
 * the holder can let in again whom they know; if no owner is left, the holder is it. Each key and user that ends is audited by
 * itself, and a mail says how many they were. The caller holds the lock of the account, and sets the password.
 */
export async function endUnprovenAccess(tx: Context, holder: User): Promise<void> {
  const now = tx.clock.now()
  const keys = await tx.db.apiKey.updateManyAndReturn({
    where: { ...tx.scope, revokedAt: null },
    data: { revokedAt: now },
    select: { id: true },
  })
  await tx.db.credentialIndex.deleteMany({ where: { ...tx.scope, kind: 'api_key' } })
  const others = await tx.db.user.updateManyAndReturn({
    where: { ...tx.scope, id: { not: holder.id }, status: { not: 'deactivated' } },
    data: { status: 'deactivated', version: { increment: 1 }, updatedAt: now },
    select: { id: true },
  })
  await tx.db.user.update({
    where: { accountId_id: { ...tx.scope, id: holder.id } },
    data: { role: 'owner', permissions: [] },
  })
  const { count: sessions } = await tx.db.session.updateMany({
    where: { ...tx.scope, revokedAt: null, expiresAt: { gt: now } },
    data: { revokedAt: now },
  })
  for (const { id } of [holder, ...others]) await endLinks(tx, id)
  const secondFactors = await endSecondFactors(tx, holder.id)
  const addresses = await freeAddresses(tx)
  for (const { id } of keys)
    await recordAudit(tx, { target: { type: 'api_key', id }, changed: ['revokedAt'] })
  for (const { id } of others) await recordAudit(tx, { target: { type: 'user', id }, changed: ['status'] })
  const counts = { apiKeys: keys.length, users: others.length, sessions, secondFactors, addresses }
  await recordAudit(tx, {
    target: { type: 'user', id: holder.id },
    outcome: 'unproven_access_ended',
    changed: ['access'],
    counts,
  })
  const facts = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)]))
  if (Object.values(counts).some((count) => count > 0))
    await requestUserMail(tx, 'users.accessEnded', holder.id, facts)
}

/** Addresses and origins that were let in: they may keep the holder out, or let others' pages in. */
async function freeAddresses(tx: Context): Promise<number> {
  const { security } = await tx.db.account.findUniqueOrThrow({
    where: { id: tx.accountId },
    select: { security: true },
  })
  const { allowedIps = [], allowedOrigins = [], ...rest } = security as Record<string, string[] | undefined>
  const count = allowedIps.length + allowedOrigins.length
  if (count === 0) return 0
  await tx.db.account.update({
    where: { id: tx.accountId },
    data: { security: rest as Record<string, never>, version: { increment: 1 }, updatedAt: tx.clock.now() },
  })
  return count
}
