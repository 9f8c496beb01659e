/**
 * How the audit log is sealed. Events are written freely, so that no request waits for another one's hash; a job seals them
 * some minutes later, stretch by stretch, each chained to the one before by a hash that is keyed with a secret which is not in the
 * database: whoever can write to the tables cannot make a chain that holds.
 */
import { createHmac } from 'node:crypto'
import type { AuditEvent, AuditSeal } from '@envoi/prisma'
import type { Context } from '../context.ts'
import type { Leaf } from '../seals/leaves.ts'
import { leafHash, merkleRoot } from './merkle.ts'

export function leafOf(event: AuditEvent): Leaf {
  const { counts } = event
  const content = [
    event.id,
    event.at.toISOString(),
    event.actorType,
    event.actorId,
    event.action,
    event.targetType,
    event.targetId,
    event.outcome,
    event.address,
    event.requestId,
    event.changed,
    counts === null ? null : Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)),
    // what was sealed before there were these keeps its hash
    ...(event.kind === 'change' && event.targetIds.length === 0 ? [] : [event.kind, event.targetIds]),
  ]
  return { id: event.id, hash: leafHash(JSON.stringify(content)) }
}

export const rootOf = (leaves: readonly Leaf[]): Buffer => merkleRoot(leaves.map(({ hash }) => hash))

/** The hash of a seal, over all it says and the seal before it. */
export function sealHash(
  { keys, accountId }: Context,
  seal: Pick<AuditSeal, 'sequence' | 'toId' | 'events' | 'leaves' | 'root' | 'sealedAt'>,
  previous: Uint8Array | null,
): Buffer {
  const { sequence, toId, events, leaves, root, sealedAt } = seal
  return createHmac('sha256', keys.derive(`audit:${accountId}`))
    .update(JSON.stringify([sequence, toId, events, sealedAt.toISOString()]))
    .update(root)
    .update(leafHash(Buffer.from(leaves).toString('base64')))
    .update(previous ?? '')
    .digest()
}
