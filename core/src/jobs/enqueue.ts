import type { Context } from '../context.ts'
import type { JobName, JobPayloads } from './names.ts'

/**
 * Writes a job into the outbox, inside the transaction that makes it necessary; a worker is woken after the commit.
 * `dedupeKey`: a job of this name and key that already waits is not added twice, the earlier time wins; if it is
 * running at that moment, it runs again afterwards. The payload is the first one's: let it name things, not hold them.
 */
export async function enqueue<N extends JobName>(
  tx: Context,
  name: N,
  payload: JobPayloads[N],
  options: { runAt?: Date; dedupeKey?: string } = {},
): Promise<void> {
  const now = tx.clock.now()
  const runAt = options.runAt ?? now
  // least() passes over null: while the job runs, run_at takes the time that is asked for here
  await tx.db.$executeRaw`
    insert into outbox (account_id, id, name, payload, run_at, dedupe_key, created_at)
    values (${tx.accountId}::uuid, ${tx.newId()}::uuid, ${name}, ${JSON.stringify(payload)}::jsonb, ${runAt}, ${options.dedupeKey ?? null}, ${now})
    on conflict (account_id, name, dedupe_key)
    do update set run_at = least(outbox.run_at, excluded.run_at)`
  if (runAt <= now) await tx.db.$executeRaw`select pg_notify('envoi_outbox', '')`
}
