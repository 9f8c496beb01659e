import { rotateTokenKeys } from '@envoi/core/access/rotate-token-keys'
import type { Processor } from '../processor.ts'

export const rotateKeys: Processor<'access.rotateKeys'> = async (context) => {
  const { made, deleted } = await rotateTokenKeys(context)
  if (made + deleted > 0) context.log.info({ made, deleted }, 'signing keys rotated')
}
