import type { Channel } from '@envoi/prisma'
import type { Move } from '../consents/follow-addresses.sql.ts'
import type { Context } from '../context.ts'
import { recordRows } from '../records/record-rows.ts'
import { addressFingerprint } from './suppressed-address.ts'

interface Carried {
  channel: Channel
  after: string
  reason: string
  purposeKey: string
  createdAt: Date
}

/**
 * What a person has asked for by an unsubscription or a complaint holds for their new address too, since the day they said it. What
 * was said of the address itself (it does not exist, nobody may write to it) stays with the address.
 */
export async function carrySuppressions(tx: Context, moves: readonly Move[]): Promise<void> {
  const addresses = moves.filter(({ before, after }) => before !== null && after !== null)
  if (addresses.length === 0) return
  const carried = await tx.db.$queryRaw<Carried[]>`
    select moved.channel, moved.after, suppression.reason, suppression.purpose_key as "purposeKey",
      suppression.created_at as "createdAt"
    from json_to_recordset(${JSON.stringify(addresses)}::json) as moved (channel channel, before text, after text)
    join suppression
      on suppression.account_id = ${tx.accountId}::uuid and suppression.value = moved.before
      and suppression.channel is not distinct from moved.channel
    where suppression.reason in ('unsubscribe', 'complaint')`
  if (carried.length === 0) return
  const created = await tx.db.suppression.createManyAndReturn({
    data: carried.map(({ after, ...rest }) => ({
      ...tx.scope,
      ...rest,
      id: tx.newId(),
      value: after,
      fingerprint: addressFingerprint(tx, rest.channel, after),
    })),
    // barred already, for this or a graver reason
    skipDuplicates: true,
    select: { id: true },
  })
  await recordRows(
    tx,
    'suppression',
    created.map(({ id }) => id),
  )
}
