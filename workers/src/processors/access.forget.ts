import { forgetAttempts } from '@envoi/core/access/forget-attempts'
import type { Processor } from '../processor.ts'

export const forgetAccess: Processor<'access.forget'> = async (context) => {
  const rows = await forgetAttempts(context)
  if (rows > 0) context.log.info({ rows }, 'attempts to log in forgotten')
}
