import { createHash, randomBytes } from 'node:crypto'
import type { Context } from '../context.ts'
import { signUser } from '../tracking/token.ts'
import { tokenKeysOf } from '../tracking/token-keys.ts'
import { type LinkKind, linkKinds } from './link-kinds.ts'

/** 128 random bits cannot be searched, so a plain hash keeps them. */
export const hashLinkSecret = (secret: Uint8Array) =>
  new Uint8Array(createHash('sha256').update(secret).digest())

/**
 * Makes the secret of a link, for the mail that is about to leave with it, and keeps its hash. A mail that has not left is
 * tried again with another secret: there is never a copy on disk. null when the link has expired or ended meanwhile.
 */
export async function armLink(context: Context, id: string): Promise<{ url: string; until: Date } | null> {
  const secret = randomBytes(16)
  const { accountId, scope, settings } = context
  const [link] = await context.db.userLink.updateManyAndReturn({
    where: { ...scope, id, usedAt: null, expiresAt: { gt: context.clock.now() } },
    data: { hash: hashLinkSecret(secret) },
  })
  if (link === undefined) return null
  const token = signUser(tokenKeysOf(context.keys), { accountId, linkId: id, secret })
  const { path } = linkKinds[link.kind as LinkKind]
  return { url: `${settings.publicUrl}${path}/${token}`, until: link.expiresAt }
}
