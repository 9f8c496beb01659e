import { forgetKeys as forget } from '@envoi/core/idempotency/forget-keys'
import type { Processor } from '../processor.ts'

export const forgetKeys: Processor<'idempotency.forget'> = async (context) => {
  const keys = await forget(context)
  if (keys > 0) context.log.info({ keys }, 'kept answers forgotten')
}
