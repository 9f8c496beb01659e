import type { AccountStatus } from '@envoi/prisma'
import { type Context, inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'
import { readVerification } from '../verification/read-verification.ts'

export async function getAccount(context: Context) {
  const account = await context.db.account.findUnique({ where: { id: context.accountId } })
  if (account === null) throw new DomainError('not_found')
  return account
}

/** For the operator: all accounts, or those with a status. */
export async function listAccounts(context: RequestContext, query: PageRequest & { status?: AccountStatus }) {
  const { status } = query
  return paginate(context, query, { status }, (page) =>
    context.db.account.findMany({ ...page, where: { ...page.where, status } }),
  )
}

/** For the operator: an account, and how far its vetting has come. */
export async function getAccountForOperator(context: RequestContext, accountId: string) {
  const inside = inAccount(context, accountId, { type: 'operator', id: null })
  return { account: await getAccount(inside), verification: await readVerification(inside) }
}
