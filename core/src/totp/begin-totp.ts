import { provePassword } from '../access/prove-again.ts'
import { requireUser } from '../access/require-user.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { enrolmentOf, newSeed, seedUse } from './codes.ts'

/** Makes a seed for the user's app. It opens nothing until a code of it has been confirmed; asked for again, it is another one. */
export async function beginTotp(context: Context, { password }: { password: string }) {
  const userId = requireUser(context)
  await provePassword(context, password)
  return transaction(context, async (tx) => {
    const { email } = await tx.db.user.findUniqueOrThrow({
      where: { accountId_id: { ...tx.scope, id: userId } },
      select: { email: true },
    })
    const seed = newSeed()
    const sealed = new Uint8Array(tx.keys.seal(seed, seedUse(tx, userId)))
    const createdAt = tx.clock.now()
    // one that is confirmed stays as it is, also when it is confirmed in this very moment
    const written = await tx.db.$executeRaw`
      insert into totp (account_id, user_id, seed, created_at)
      values (${tx.accountId}::uuid, ${userId}::uuid, ${sealed}, ${createdAt})
      on conflict (account_id, user_id) do update set seed = excluded.seed, created_at = excluded.created_at, last_step = null
      where totp.confirmed_at is null`
    if (written === 0) throw new DomainError('totp_enabled')
    await recordAudit(tx, { target: { type: 'user', id: userId } })
    return enrolmentOf(seed, email)
  })
}
