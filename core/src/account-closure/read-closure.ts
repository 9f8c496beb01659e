import type { Context, RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'

/** The closing of an account, the last one if it was closed before and called back. @throws DomainError `not_found` */
export async function getClosure(context: Context) {
  return readClosure(context, context.accountId)
}

/** The same for the operator: of an account that is closed, nobody else is left to read it. */
export async function readClosure({ db }: RequestContext, accountId: string) {
  const closure = await db.accountClosure.findFirst({
    where: { accountId },
    orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
  })
  if (closure === null) throw new DomainError('not_found')
  return closure
}
