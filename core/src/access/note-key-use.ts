import type { Platform } from '../context.ts'
import type { Principal } from './principal.ts'

/** A busy key costs a write a minute, not one per request. */
export const noteEveryMs = 60_000

/** Whether the use of a key is worth noting: the last one noted is a minute old, or lies in the future of a clock that was put right. */
export function isUseDue({ lastUsedAt }: Principal, now: Date): boolean {
  if (lastUsedAt === undefined) return false
  return lastUsedAt === null || Math.abs(now.getTime() - lastUsedAt.getTime()) > noteEveryMs
}

/** Notes when and from where a key was used. Called after the answer: nobody waits for it, and what is lost with a process is a minute. */
export async function noteKeyUse(
  { pool }: Platform,
  { accountId, actor }: Principal,
  { at, address }: { at: Date; address: string | null },
): Promise<void> {
  await pool.query(
    'update api_key set last_used_at = $3, last_used_address = $4 where account_id = $1 and id = $2 and revoked_at is null',
    [accountId, actor.id, at, address],
  )
}
