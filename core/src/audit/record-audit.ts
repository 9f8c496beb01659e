import type { Context } from '../context.ts'
import { idsPerRow } from './ids-per-row.ts'
import type { Shown } from './sight.ts'

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
    /** Of a read: whom it showed unmasked. */
    shown?: Shown | null
  } = {},
): Promise<void> {
  tx.sight?.recorded()
  const { ids, ...counts } = shownIn(event.shown)
  await tx.db.auditEvent.create({
    data: {
      ...tx.scope,
      id: tx.newId(),
      actorType: tx.actor.type,
      actorId: tx.actor.id,
      action: tx.action,
      targetType: event.target?.type ?? event.shown?.type ?? null,
      targetId: event.target?.id ?? null,
      targetIds: ids,
      kind: event.kind ?? 'change',
      outcome: event.outcome ?? 'success',
      address: tx.actor.type === 'contact' ? null : tx.address,
      requestId: tx.requestId,
      changed: event.changed ?? [],
      ...(event.counts === undefined && event.shown == null
        ? {}
        : { counts: { ...event.counts, ...counts } }),
      at: tx.clock.now(),
    },
    select: { id: true },
  })
}

/** As the reads that are counted together say it. */
function shownIn(shown: Shown | null | undefined) {
  if (shown == null) return { ids: [] }
  const more = shown.ids.length - idsPerRow
  const ids = shown.ids.slice(0, idsPerRow)
  return { ids, reads: 1, shown: ids.length, ...(more > 0 ? { more } : {}) }
}
