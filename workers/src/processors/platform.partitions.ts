import { ensurePartitions } from '@envoi/core/platform/ensure-partitions'
import type { Processor } from '../processor.ts'

export const partitions: Processor<'platform.partitions'> = async (context) => {
  const made = await ensurePartitions(context)
  if (made > 0) context.log.info({ made }, 'partitions made for the months ahead')
}
