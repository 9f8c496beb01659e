/**
 * Where an account's log begins once old events are deleted. The stretch that went last leaves its number, its end and its
 * hash, to which the next seal is chained, under an HMAC with a key that is not in the database: without it nobody can
 * pass a hole off as the end of retention.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AuditAnchor } from '@envoi/prisma'
import type { Context } from '../context.ts'

/** The end of the stretch before: a seal, or the anchor. */
export type StretchEnd = Pick<AuditAnchor, 'sequence' | 'toId' | 'hash'>

export function anchorProof({ keys, accountId }: Context, { sequence, toId, hash }: StretchEnd): Buffer {
  return createHmac('sha256', keys.derive(`audit:anchor:${accountId}`))
    .update(JSON.stringify([sequence, toId]))
    .update(hash)
    .digest()
}

export const isGenuine = (context: Context, anchor: AuditAnchor): boolean =>
  anchor.proof.length === 32 && timingSafeEqual(anchorProof(context, anchor), anchor.proof)

export const readAnchor = ({ db, accountId }: Context): Promise<AuditAnchor | null> =>
  db.auditAnchor.findUnique({ where: { accountId } })
