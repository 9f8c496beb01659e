import type { Context } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import type { RecordKind } from '../records/record-kinds.ts'
import type { LogName } from '../seals/log-head.ts'
import { problemOf, readCheckpoint } from '../seals/read-checkpoint.ts'

export interface FoundBreak {
  /** null for the platform's own. */
  accountId: string | null
  log: LogName | 'checkpoint'
  problem: string
  seal: number | null
  /** The row that it is about: of which kind, and its id. */
  kind: RecordKind | null
  id: string | null
  /** How many things do not hold, where all of them are looked for. */
  breaks: number
  verifiedAt: Date
}

/** For the operator: the checkpoint as it is now, and what the last verification of all logs has found. */
export async function readIntegrity(platform: Context): Promise<{
  checkpoint: { sequence: number; heads: number; writtenAt: Date } | null
  breaks: FoundBreak[]
}> {
  const copies = await readCheckpoint(platform)
  const found = await platform.db.$queryRaw<FoundBreak[]>`
    select
      nullif(account_id, ${platformAccount}::uuid) as "accountId", log, verified_at as "verifiedAt",
      first_break ->> 'problem' as problem, (first_break ->> 'seal')::integer as seal,
      first_break ->> 'kind' as kind, first_break ->> 'id' as id, coalesce((first_break ->> 'breaks')::integer, 1) as breaks
    from log_verification
    where first_break is not null
    order by account_id, log`
  const problem = problemOf(copies)
  const isTold = found.some(({ log }) => log === 'checkpoint')
  const now = {
    accountId: null,
    log: 'checkpoint' as const,
    seal: null,
    kind: null,
    id: null,
    breaks: 1,
    verifiedAt: platform.clock.now(),
  }
  const { latest } = copies
  return {
    checkpoint: latest && {
      sequence: latest.sequence,
      heads: latest.heads.size,
      writtenAt: latest.writtenAt,
    },
    breaks: problem === null || isTold ? found : [{ ...now, problem }, ...found],
  }
}
