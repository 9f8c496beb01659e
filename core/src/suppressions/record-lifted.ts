import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import type { Suppression } from '../database.ts'
import { goneAsRecorded } from '../records/as-recorded.ts'
import { suppressionContent } from '../records/record-kinds.ts'
import { recordGone } from '../records/record-rows.ts'

/** A suppression that was deleted, as JSON. */
export interface Lifted extends Pick<Suppression, 'id' | 'channel' | 'value' | 'reason' | 'purposeKey'> {
  fingerprint: string
  createdAt: string
}

/** What the statement that deletes suppressions returns of each. */
export const liftedSql = Prisma.sql`jsonb_build_object(
  'id', suppression.id, 'channel', suppression.channel, 'value', suppression.value, 'reason', suppression.reason,
  'purposeKey', suppression.purpose_key, 'fingerprint', encode(suppression.fingerprint, 'hex'), 'createdAt', suppression.created_at
)`

/**
 * Says of suppressions that they are gone, in the transaction that deleted them: one that was moved or backdated by hand to be
 * lifted is missed.
 */
export async function recordLifted(tx: Context, lifted: readonly Lifted[]): Promise<void> {
  const rows = lifted.map(({ id, fingerprint, createdAt, ...rest }) => ({
    id,
    content: suppressionContent({
      ...rest,
      fingerprint: Buffer.from(fingerprint, 'hex'),
      createdAt: new Date(createdAt),
    }),
  }))
  await recordGone(tx, 'suppression', await goneAsRecorded(tx, 'suppression', rows))
}
