import { sealRecords } from '@envoi/core/records/seal-records'
import type { Processor } from '../processor.ts'

export const sealEntries: Processor<'records.seal'> = async (context, _payload, { signal }) => {
  const entries = await sealRecords(context, signal)
  if (entries > 0) context.log.info({ entries }, 'entries about rows sealed')
}
