import { sealLedgers } from '@envoi/core/consents/seal-ledger'
import type { Processor } from '../processor.ts'

export const sealConsents: Processor<'consents.seal'> = async (context, _payload, { signal }) => {
  const lines = await sealLedgers(context, signal)
  if (lines > 0) context.log.info({ lines }, 'lines of consent ledgers sealed')
}
