import { startReset } from '@envoi/core/passwords/start-reset'
import type { Processor } from '../processor.ts'

export const resetPassword: Processor<'passwords.reset'> = (context, { sealed }) =>
  startReset(context, sealed)
