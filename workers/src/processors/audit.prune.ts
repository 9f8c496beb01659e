import { pruneAudit } from '@envoi/core/audit/prune-audit'
import type { Processor } from '../processor.ts'

export const prune: Processor<'audit.prune'> = async (context, _payload, { signal }) => {
  const events = await pruneAudit(context, signal)
  if (events > 0) context.log.info({ events }, 'audit events deleted at the end of their retention')
}
