import { requireUser } from '../access/require-user.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

export async function readTotp(context: Context) {
  const userId = requireUser(context)
  const enabledAt = await enabledSince(context, userId)
  const where = { ...context.scope, userId, usedAt: null }
  return { enabledAt, recoveryCodesLeft: await context.db.recoveryCode.count({ where }) }
}

/** @throws DomainError `not_found` for who has none that is confirmed */
export async function requireTotp(context: Context, userId: string): Promise<void> {
  if ((await enabledSince(context, userId)) === null) throw new DomainError('not_found')
}

async function enabledSince({ db, scope }: Context, userId: string): Promise<Date | null> {
  const totp = await db.totp.findUnique({
    where: { accountId_userId: { ...scope, userId } },
    select: { confirmedAt: true },
  })
  return totp?.confirmedAt ?? null
}
