/**
 * The head of a sealed log: the number and the hash of its last seal, and how many entries were ever sealed, under a keyed hash. It is
 * written in the transaction of the seal, and then among the files. Whoever cuts the end off a log in the tables has no head that fits.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from '../context.ts'

/** In the order in which checkpoints number them: a new one comes last. */
export const logs = ['audit', 'consents', 'records'] as const

export type LogName = (typeof logs)[number]

export interface LogHead {
  log: LogName
  sequence: number
  hash: Uint8Array<ArrayBuffer>
  total: bigint
}

type Keyed = Pick<Context, 'keys' | 'accountId'>

export function headProof({ keys, accountId }: Keyed, { log, sequence, hash, total }: LogHead): Buffer {
  return createHmac('sha256', keys.derive(`seals:head:${accountId}`))
    .update(JSON.stringify([log, sequence, String(total)]))
    .update(hash)
    .digest()
}

export const isGenuineHead = (context: Keyed, head: LogHead & { proof: Uint8Array }): boolean =>
  head.proof.length === 32 && timingSafeEqual(headProof(context, head), head.proof)

/** In the transaction of the seal. */
export async function saveHead(tx: Context, head: LogHead): Promise<void> {
  const { accountId, scope } = tx
  const { log, ...rest } = head
  const data = { ...rest, proof: new Uint8Array(headProof(tx, head)) }
  await tx.db.logHead.upsert({
    where: { accountId_log: { accountId, log } },
    create: { ...scope, log, ...data },
    update: data,
    select: { log: true },
  })
}

/** `absent`, `forged` when it is not one that the platform made, or the head. */
export type Recorded = LogHead | 'absent' | 'forged'

export async function readHead(context: Context, log: LogName): Promise<Recorded> {
  const { accountId } = context
  const row = await context.db.logHead.findUnique({ where: { accountId_log: { accountId, log } } })
  if (row === null) return 'absent'
  const head = { log, sequence: row.sequence, hash: row.hash, total: row.total, proof: row.proof }
  return isGenuineHead(context, head) ? head : 'forged'
}

export const isHead = (recorded: Recorded): recorded is LogHead => typeof recorded === 'object'
