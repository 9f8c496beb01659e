import { type Context, inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type UserToken, verifyUser } from '../tracking/token.ts'
import { tokenKeysOf } from '../tracking/token-keys.ts'

/** Enters the account of a link, for who presents its token: who that is shows when the link is read. */
export function openToken(context: RequestContext, text: string): { context: Context; token: UserToken } {
  const token = verifyUser(tokenKeysOf(context.keys), text)
  if (token === null) throw new DomainError('not_found')
  return { context: inAccount(context, token.accountId, { type: 'system', id: null }), token }
}
