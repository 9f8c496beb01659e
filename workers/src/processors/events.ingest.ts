import { ingestEvents } from '@envoi/core/events/ingest-events'
import type { Processor } from '../processor.ts'

export const ingest: Processor<'events.ingest'> = async (context, _payload, { signal }) => {
  const { nextAt } = await ingestEvents(context, { signal })
  if (nextAt !== null) return { runAt: nextAt }
}
