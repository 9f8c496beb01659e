import type { Context } from '@envoi/core'
import { exportAuditEvents } from '@envoi/core/audit/export-audit-events'
import { listAuditEvents } from '@envoi/core/audit/list-audit-events'
import { verifyAudit } from '@envoi/core/audit/verify-audit'
import { type Masked, maskAuditEvent } from '@envoi/core/contacts/mask'
import type { AuditEvent as AuditEventRow } from '@envoi/core/database'
import { verifyRecords } from '@envoi/core/records/verify-records'
import { contract } from '@envoi/openapi'
import { ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const auditEventsHandlers = implement(contract.auditEvents, {
  list: async ({ query }, context) =>
    page(await listAuditEvents(context, query), (event) => presentAuditEvent(maskAuditEvent(context, event))),
  export: async ({ query: { format, ...filter }, accept }, context) =>
    ok(await exportAuditEvents(context, filter, format ?? preferredFormat(accept), presentAuditEvent)),
  integrity: async (_, context) => ok(await presentIntegrity(context)),
})

export function presentAuditEvent(event: Masked<AuditEventRow>) {
  return {
    id: event.id,
    at: event.at.toISOString(),
    actor: { type: event.actorType as 'user', id: event.actorId },
    action: event.action,
    target:
      event.targetType === null || event.targetId === null
        ? null
        : { type: event.targetType, id: event.targetId },
    outcome: event.outcome,
    address: event.address,
    requestId: event.requestId,
    changed: event.changed,
    counts: event.counts as Record<string, number> | null,
    kind: event.kind as 'change',
    targetIds: event.targetIds,
  }
}

/** NDJSON to those who ask for nothing else. */
const preferredFormat = (accept: string) =>
  accept.includes('application/x-ndjson') && !accept.includes('text/csv') ? 'ndjson' : 'csv'

export async function presentIntegrity(context: Context) {
  const { sealedAt, keptSince, ...verdict } = await verifyAudit(context)
  const records = await verifyRecords(context)
  return {
    ...verdict,
    sealedAt: sealedAt?.toISOString() ?? null,
    keptSince: keptSince?.toISOString() ?? null,
    records,
    checkedAt: context.clock.now().toISOString(),
  }
}
