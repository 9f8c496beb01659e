import { advanceClosures } from '@envoi/core/account-closure/advance-closures'
import type { Processor } from '../processor.ts'

export const closeAccounts: Processor<'accounts.close'> = (context, _payload, { signal }) =>
  advanceClosures(context, signal)
