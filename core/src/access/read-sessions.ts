import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

/** One's own live sessions, or everybody's for those who manage users. */
export async function listSessions(context: Context, query: PageRequest) {
  const live = liveSessions(context)
  return paginate(context, query, {}, (page) =>
    context.db.session.findMany({ ...page, where: { ...live, ...page.where } }),
  )
}

export async function getSession(context: Context, id: string) {
  const session = await context.db.session.findFirst({ where: { ...liveSessions(context), id } })
  if (session === null) throw new DomainError('not_found')
  return session
}

const liveSessions = (context: Context) => ({
  ...sessionsWithin(context),
  revokedAt: null,
  expiresAt: { gt: context.clock.now() },
})

/** Which sessions the actor may see and end. */
export function sessionsWithin(context: Context) {
  if (context.permissions.has('users:manage')) return context.scope
  // an API key has no sessions of its own
  return {
    ...context.scope,
    userId:
      context.actor.type === 'user' && context.actor.id !== null
        ? context.actor.id
        : '00000000-0000-0000-0000-000000000000',
  }
}
