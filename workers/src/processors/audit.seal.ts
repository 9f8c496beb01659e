import { sealAudit } from '@envoi/core/audit/seal-audit'
import type { Processor } from '../processor.ts'

export const seal: Processor<'audit.seal'> = async (context, _payload, { signal }) => {
  const events = await sealAudit(context, signal)
  if (events > 0) context.log.info({ events }, 'audit events sealed')
}
