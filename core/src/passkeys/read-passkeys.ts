import { requireUser } from '../access/require-user.ts'
import type { Context } from '../context.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

/** One's own. */
export async function listPasskeys(context: Context, query: PageRequest) {
  const userId = requireUser(context)
  return paginate(context, query, { userId }, (page) =>
    context.db.passkey.findMany({ ...page, where: { ...context.scope, ...page.where, userId } }),
  )
}
