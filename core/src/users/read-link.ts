import { timingSafeEqual } from 'node:crypto'
import type { Account, User, UserLink } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { UserToken } from '../tracking/token.ts'
import { hashLinkSecret } from './arm-link.ts'
import type { LinkKind } from './link-kinds.ts'

export interface OpenedLink {
  link: UserLink
  user: User
  account: Account
  status: 'waiting' | 'used' | 'expired'
}

/** What a link of a mail to a user is about; changes nothing. 404 when it is of another kind, or about somebody who is gone. */
export async function readLink(context: Context, token: UserToken, kind: LinkKind): Promise<OpenedLink> {
  const found = await context.db.userLink.findUnique({
    where: { accountId_id: { ...context.scope, id: token.linkId } },
    include: { user: { include: { account: true } } },
  })
  if (found === null || found.kind !== kind || found.hash === null) throw new DomainError('not_found')
  if (!timingSafeEqual(found.hash, hashLinkSecret(token.secret))) throw new DomainError('not_found')
  const { user: owner, ...link } = found
  const { account, ...user } = owner
  const isOver = link.expiresAt <= context.clock.now()
  return { link, user, account, status: link.usedAt !== null ? 'used' : isOver ? 'expired' : 'waiting' }
}

/** The same, for who wants to use it: refused once it was used, or has expired. */
export async function requireLink(context: Context, token: UserToken, kind: LinkKind): Promise<OpenedLink> {
  const opened = await readLink(context, token, kind)
  if (opened.status !== 'waiting') throw new DomainError('link_ended')
  return opened
}
