import { pipeline, Readable, type Transform } from 'node:stream'
import type { AuditEvent } from '@envoi/prisma'
import { onLane } from '../connections/on-lane.ts'
import { type Masked, maskAuditEvent } from '../contacts/mask.ts'
import type { Context } from '../context.ts'
import { csvWriter } from '../csv/csv-writer.ts'
import { type AuditFilter, auditFilter } from './audit-filter.ts'
import { recordAudit } from './record-audit.ts'

const pageRows = 1_000

const columns = [
  'id',
  'at',
  'actorType',
  'actorId',
  'action',
  'targetType',
  'targetId',
  'outcome',
  'address',
  'requestId',
  'changed',
  'counts',
  'kind',
  'targetIds',
]

/** The events that a filter lets through up to now, oldest first, read as fast as they are taken. Exporting is on record itself. */
export async function exportAuditEvents<Shown>(
  context: Context,
  filter: AuditFilter,
  format: 'csv' | 'ndjson',
  present: (event: Masked<AuditEvent>) => Shown,
): Promise<{ contentType: string; content: Readable; fileName: string }> {
  // what is written meanwhile is not in it, nor is this
  const end = context.newId()
  const where = auditFilter(context, filter)
  await recordAudit(context, { kind: 'read' })
  const read = async function* (): AsyncGenerator<Masked<AuditEvent>> {
    let after: string | undefined
    for (;;) {
      const events = await onLane(context, ({ db }) =>
        db.auditEvent.findMany({
          where: { ...where, id: { lt: end, ...(after === undefined ? {} : { gt: after }) } },
          orderBy: { id: 'asc' },
          take: pageRows,
        }),
      )
      for (const event of events) yield maskAuditEvent(context, event)
      after = events.at(-1)?.id
      if (events.length < pageRows) return
    }
  }
  const name = `audit-events-${context.clock.now().toISOString().slice(0, 10)}`
  if (format === 'ndjson')
    return {
      contentType: 'application/x-ndjson',
      content: Readable.from(lines(read(), present)),
      fileName: `${name}.ndjson`,
    }
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    content: asCsv(context, read()),
    fileName: `${name}.csv`,
  }
}

async function* lines<Shown>(
  events: AsyncIterable<Masked<AuditEvent>>,
  present: (event: Masked<AuditEvent>) => Shown,
) {
  for await (const event of events) yield `${JSON.stringify(present(event))}\n`
}

function asCsv(context: Context, events: AsyncIterable<Masked<AuditEvent>>): Transform {
  const csv = csvWriter(columns)
  const rows = async function* () {
    for await (const event of events)
      yield [
        event.id,
        event.at,
        event.actorType,
        event.actorId,
        event.action,
        event.targetType,
        event.targetId,
        event.outcome,
        event.address,
        event.requestId,
        event.changed.join(' '),
        event.counts === null ? null : JSON.stringify(event.counts),
        event.kind,
        event.targetIds.join(' '),
      ]
  }
  // a failure in the middle breaks the answer off: whoever reads it must not take a part for the whole
  pipeline(Readable.from(rows()), csv, (error) => {
    if (error) context.log.warn({ err: error }, 'the audit log was not exported to the end')
  })
  return csv
}
