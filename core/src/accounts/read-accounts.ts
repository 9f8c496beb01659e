import type { Context, RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function getAccount(context: Context) {
  const account = await context.db.account.findUnique({ where: { id: context.accountId } })
  if (account === null) throw new DomainError('not_found')
  return account
}

/** For the operator: all accounts. */
export async function listAccounts(context: RequestContext, query: PageRequest) {
  return paginate(context, query, {}, (page) => context.db.account.findMany(page))
}
