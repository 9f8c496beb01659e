import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listPurposes(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.purpose.findMany({ ...page, where: { ...context.scope, ...page.where } }),
  )
}

export async function findPurpose(context: Context, key: string) {
  return context.db.purpose.findUnique({ where: { accountId_key: { ...context.scope, key } } })
}

export async function getPurpose(context: Context, key: string) {
  const purpose = await findPurpose(context, key)
  if (purpose === null) throw new DomainError('not_found')
  return purpose
}

/** The purpose, locked: what refers to it by a foreign key waits for the end of this transaction. */
export async function lockPurpose(tx: Context, key: string) {
  await tx.db
    .$queryRaw`select id from purpose where account_id = ${tx.accountId}::uuid and key = ${key} for update`
  return getPurpose(tx, key)
}
