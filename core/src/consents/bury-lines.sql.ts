import type { Context } from '../context.ts'
import { leavesOf, tombstoneProofs } from './ledger-seal.ts'

/**
 * Deletes the chains of contacts, in the transaction that erases them, and leaves of each line a tombstone: without one, a line that is
 * missing under a seal was removed by somebody else. Answers how many lines of whom.
 *
 * The hash is computed anew from what the line says now: a line that somebody has changed or moved gets a tombstone that fits no seal.
 */
export async function buryLines(
  tx: Context,
  contactIds: string[],
): Promise<{ contactId: string; count: number }[]> {
  // the only way past the trigger that keeps the ledger append-only
  await tx.db.$executeRaw`select set_config('envoi.erasing', 'on', true)`
  const lines = await tx.db.$queryRaw<{ contactId: string; id: string; hash: Uint8Array }[]>`
    delete from consent_event
    where account_id = ${tx.accountId}::uuid and contact_id = any(${contactIds}::uuid[])
    returning contact_id as "contactId", id, envoi_consent_hash(
      previous_hash, account_id, contact_id, id, sequence, purpose_key, channel, state, source, collected_at,
      text, text_version, ip, url, actor_type, actor_id, recorded_at, address_mark
    ) as hash`
  await tx.db.$executeRaw`select set_config('envoi.erasing', 'off', true)`
  if (lines.length === 0) return []
  const proofs = tombstoneProofs(tx, leavesOf(tx, lines))
  await tx.db.$executeRaw`
    insert into consent_tombstone (account_id, id, proof)
    select ${tx.accountId}::uuid, id, decode(proof, 'hex')
    from unnest(${lines.map(({ id }) => id)}::uuid[], ${proofs.map((proof) => proof.toString('hex'))}::text[])
      as tombstone (id, proof)
    on conflict (account_id, id) do update set proof = excluded.proof`
  const counts = new Map<string, number>()
  for (const { contactId } of lines) counts.set(contactId, (counts.get(contactId) ?? 0) + 1)
  return [...counts].map(([contactId, count]) => ({ contactId, count }))
}
