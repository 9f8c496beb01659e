import { eraseQueued } from '@envoi/core/erasures/erase-queued'
import type { Processor } from '../processor.ts'

export const eraseContacts: Processor<'contacts.erase'> = async (context, _, { signal }) => {
  const { nextAt } = await eraseQueued(context, signal)
  if (nextAt !== null) return { runAt: nextAt }
}
