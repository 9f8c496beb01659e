import type { Context } from '../context.ts'

/**
 * Changes of the users of an account wait for each other from here to the end of the transaction. So of two that may each
 * happen but not both (the last two owners leave, two admins demote each other) the second one is judged by what the first
 * has left. Rows that merely refer to the account may go on being written.
 */
export async function lockAccount(tx: Context): Promise<void> {
  await tx.db.$queryRaw`select from account where id = ${tx.accountId}::uuid for no key update`
}
