import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

export async function listUsers(context: Context, query: PageRequest) {
  return paginate(context, query, {}, (page) =>
    context.db.user.findMany({ ...page, where: { ...context.scope, ...page.where } }),
  )
}

export async function getUser(context: Context, id: string) {
  const user = await context.db.user.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (user === null) throw new DomainError('not_found')
  return user
}

/** The user who acts. An API key is nobody. */
export async function getMe(context: Context) {
  const { type, id } = context.actor
  if (type !== 'user' || id === null) throw new DomainError('not_found')
  return getUser(context, id)
}
