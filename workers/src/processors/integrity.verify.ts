import { verifyLogs } from '@envoi/core/integrity/verify-logs'
import type { Processor } from '../processor.ts'

export const verifyIntegrity: Processor<'integrity.verify'> = async (context, _payload, { signal }) => {
  await verifyLogs(context, signal)
}
