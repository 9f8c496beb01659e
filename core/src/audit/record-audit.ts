import type { Context } from '../context.ts'

/**
 * Writes who did what into the audit log, inside the transaction of what was done. `changed` holds names of fields,
 * never values; `counts` says how many rows, for work on many.
 *
 * The log outlives the erasure of a contact, so it must hold nothing that leads back to the person: the target is an id,
 * random, which nothing links to anybody once the contact is gone; and what a contact does by itself (on the public
 * pages) is logged without its network address, which is personal data (CJEU C-582/14). Where that address is proof of a
 * consent, it is in the ledger, which goes with the contact.
 */
export async function recordAudit(
  tx: Context,
  event: {
    target?: { type: string; id: string }
    changed?: string[]
    counts?: Record<string, number>
    outcome?: string
    /** `read`: nothing was changed, and somebody has seen personal data. */
    kind?: 'change' | 'read'
  } = {},
): Promise<void> {
  tx.sight?.recorded()
  await tx.db.auditEvent.create({
    data: {
      ...tx.scope,
      id: tx.newId(),
      actorType: tx.actor.type,
      actorId: tx.actor.id,
      action: tx.action,
      targetType: event.target?.type ?? null,
      targetId: event.target?.id ?? null,
      kind: event.kind ?? 'change',
      outcome: event.outcome ?? 'success',
      address: tx.actor.type === 'contact' ? null : tx.address,
      requestId: tx.requestId,
      changed: event.changed ?? [],
      ...(event.counts === undefined ? {} : { counts: event.counts }),
      at: tx.clock.now(),
    },
    select: { id: true },
  })
}
