import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { FoundLogin } from './find-login.sql.ts'

/**
 * Comparing a password takes a while, in which it may have been changed and all sessions ended. `for share`: either the change waits, and
 * ends the session that is opened here as well, or it came first, and there is none.
 *
 * @throws DomainError `invalid_credentials`
 */
export async function holdPassword(
  tx: Context,
  { userId, passwordHash }: Pick<FoundLogin, 'userId' | 'passwordHash'>,
): Promise<void> {
  const rows = await tx.db.$queryRaw<unknown[]>`
    select from "user"
    where account_id = ${tx.accountId}::uuid and id = ${userId}::uuid and status = 'active' and password_hash = ${passwordHash}
    for share`
  if (rows.length === 0) throw new DomainError('invalid_credentials')
}
