import { forgetImports as forget } from '@envoi/core/imports/forget-imports'
import type { Processor } from '../processor.ts'

export const forgetImports: Processor<'imports.forget'> = async (context) => {
  const forgotten = await forget(context)
  if (forgotten.errors + forgotten.awaiting > 0) context.log.info(forgotten, 'old imports forgotten')
}
