import type { Channel } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { asRecorded } from '../records/as-recorded.ts'
import { recordRows } from '../records/record-rows.ts'
import { addressFingerprint } from './suppressed-address.ts'

export interface SuppressibleAddress {
  channel: Channel
  value: string
}

/**
 * Gives back their address to suppressions that only kept its fingerprint, when a contact with that address comes (back) into
 * the account: what decides on a message compares addresses (ground.sql.ts), in SQL, where there is no key to compute
 * fingerprints with. To be called in the transaction that writes contacts, with their normalised addresses.
 */
export async function recogniseSuppressions(tx: Context, addresses: SuppressibleAddress[]): Promise<void> {
  if (addresses.length === 0 || !(await hasForgottenSuppressions(tx))) return
  const known = addresses.map(({ channel, value }) => ({
    channel,
    value,
    fingerprint: Buffer.from(addressFingerprint(tx, channel, value)).toString('hex'),
  }))
  const recognised = await tx.db.$queryRaw<{ id: string; value: string }[]>`
    select suppression.id, known.value
    from suppression
    join json_to_recordset(${JSON.stringify(known)}::json) as known (channel channel, value text, fingerprint text)
      on suppression.channel = known.channel and suppression.fingerprint = decode(known.fingerprint, 'hex')
    where suppression.account_id = ${tx.accountId}::uuid and suppression.value is null
    order by suppression.id
    for update of suppression`
  if (recognised.length === 0) return
  const ids = recognised.map(({ id }) => id)
  const recorded = await asRecorded(tx, 'suppression', ids)
  await tx.db.$executeRaw`
    update suppression
    set value = recognised.value
    from unnest(${ids}::uuid[], ${recognised.map(({ value }) => value)}::text[]) as recognised (id, value)
    where suppression.account_id = ${tx.accountId}::uuid and suppression.id = recognised.id`
  await recordRows(tx, 'suppression', [...recorded])
}

/** Most accounts have none: that costs one look, and no fingerprint. */
export async function hasForgottenSuppressions(tx: Context): Promise<boolean> {
  const first = await tx.db.suppression.findFirst({
    where: { ...tx.scope, value: null },
    select: { id: true },
  })
  return first !== null
}
