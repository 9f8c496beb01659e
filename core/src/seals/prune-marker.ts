/**
 * Where an account's audit log begins once old events are deleted. The stretch that went last leaves its number, its end and its
 * hash, to which the next seal is chained, under an HMAC with a key that is not in the database: without it nobody can
 * pass a hole off as the end of retention.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AuditAnchor as PruneMarker } from '@envoi/prisma'
import type { Context } from '../context.ts'

export type { PruneMarker }

/** The end of the stretch before: a seal, or the marker. */
export type StretchEnd = Pick<PruneMarker, 'sequence' | 'toId' | 'hash'>

/** The name of the key is of the time when the marker was called an anchor: another name would be another key. */
export function markerProof({ keys, accountId }: Context, { sequence, toId, hash }: StretchEnd): Buffer {
  return createHmac('sha256', keys.derive(`audit:anchor:${accountId}`))
    .update(JSON.stringify([sequence, toId]))
    .update(hash)
    .digest()
}

export const isGenuineMarker = (context: Context, marker: PruneMarker): boolean =>
  marker.proof.length === 32 && timingSafeEqual(markerProof(context, marker), marker.proof)

export const readMarker = ({ db, accountId }: Context): Promise<PruneMarker | null> =>
  db.auditAnchor.findUnique({ where: { accountId } })
