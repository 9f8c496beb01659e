import { asSystem, type Context, inAccount, type Platform } from '../context.ts'
import { lowestIdAt } from '../ids.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { transaction } from '../transaction.ts'
import { adoptHeads } from './adopt-heads.ts'
import { type Checkpoint, type Entry, entryKey, saveFile, saveRow } from './checkpoint.ts'
import { hasSeal } from './has-seal.ts'
import { readHeadFile, writeHeadFile } from './head-file.ts'
import { isGenuineHead, isHead, type LogHead, type LogName } from './log-head.ts'
import { saveVerification } from './log-verification.ts'
import { type CheckpointProblem, problemOf, readCheckpoint } from './read-checkpoint.ts'

/** Files written at a time: each waits for the disk. */
const filesAtOnce = 16

/**
 * Brings the files of the heads and the checkpoint up to the heads in the tables. A head is taken only where the one recorded before is
 * part of its log: what a log cut short or written anew contradicts stays as it is, is told to the operator, and goes on being found.
 *
 * Killed at any instant, the next run goes on from there: the file of a head comes before the checkpoint that lists it.
 */
export async function updateCheckpoint(platform: Platform): Promise<void> {
  const context = asSystem(platform, platformAccount, 'seals.updateCheckpoint')
  const copies = await readCheckpoint(context)
  const known = copies.latest
  await tellProblem(context, known === null ? await adoptFirst(context) : problemOf(copies))
  // a run that was killed, or whose disk was full, has left the row without its file: it comes before the next row
  if (known !== null && copies.file !== known) await saveFile(context, known)
  const grown = await writeFiles(context, known)
  if (grown.length > 0) await write(context, known, grown)
}

/** What is wrong is put right by the next checkpoint: so it is written down, until the operator has accepted it. */
async function tellProblem(context: Context, problem: CheckpointProblem | null): Promise<void> {
  if (problem === null) return
  context.log.error({ problem }, 'the checkpoint of the sealed logs is not as it was written')
  await saveVerification(context, 'checkpoint', { problem })
}

/**
 * There is no checkpoint at all. That is so in the first minutes of a platform, and when it is started for the first time after an
 * update; later on somebody has removed it.
 */
async function adoptFirst(context: Context): Promise<CheckpointProblem | null> {
  const { db, clock } = context
  await adoptHeads(context, 'missing')
  const dayAgo = lowestIdAt(new Date(clock.now().getTime() - 86_400_000))
  const old = await db.account.findFirst({ where: { id: { lt: dayAgo } }, select: { id: true } })
  return old === null ? null : 'checkpoint_missing'
}

/** Writes the files of the heads that have grown, and answers these. */
async function writeFiles(context: Context, known: Checkpoint | null): Promise<Entry[]> {
  const rows = await context.db.$queryRaw<(LogHead & { accountId: string; proof: Uint8Array })[]>`
    select account_id as "accountId", log, sequence, hash, total, proof
    from log_head
    left join account on account.id = account_id
    -- what is archived is about to go, and leaves the checkpoint by \`retireHeads\`
    where account.status is null or account.status not in ('archived', 'destroyed')
    order by account_id, log`
  const changed = rows.filter(({ accountId, log, sequence, hash }) => {
    const entry = known?.heads.get(entryKey(accountId, log))
    return entry === undefined || entry.sequence !== sequence || !Buffer.from(entry.hash).equals(hash)
  })
  const grown: Entry[] = []
  for (let start = 0; start < changed.length; start += filesAtOnce) {
    const some = await Promise.all(
      changed.slice(start, start + filesAtOnce).map(async ({ accountId, proof, ...head }) => {
        const inside = inAccount(context, accountId, context.actor)
        const entry = known?.heads.get(entryKey(accountId, head.log)) ?? null
        if (isGenuineHead(inside, { ...head, proof }) && (await extend(inside, entry, head)))
          return { accountId, log: head.log, sequence: head.sequence, hash: head.hash }
        context.log.error(
          { accountId, log: head.log, seal: head.sequence },
          'a sealed log is not the one that was recorded: its head is not taken',
        )
        return null
      }),
    )
    grown.push(...some.filter((entry) => entry !== null))
  }
  return grown
}

/** Writes the file of a head that follows from what was recorded before. */
async function extend(context: Context, entry: Entry | null, head: LogHead): Promise<boolean> {
  if (entry !== null && (entry.sequence > head.sequence || !(await hasSeal(context, entry)))) return false
  const before = await readHeadFile(context, head.log)
  if (isHead(before) && (before.sequence > head.sequence || !(await hasSeal(context, before)))) return false
  await writeHeadFile(context, head)
  return true
}

/** The row, in turn with who does the same; then the file. */
async function write(context: Context, known: Checkpoint | null, grown: Entry[]): Promise<void> {
  const written = await transaction(context, async (tx) => {
    const { accountId } = tx
    await tx.db.$queryRaw`select 1 from checkpoint where account_id = ${accountId}::uuid for update`
    const now = (await readCheckpoint(tx)).latest
    const heads = new Map(now?.heads)
    for (const entry of grown) {
      const key = entryKey(entry.accountId, entry.log)
      // what somebody else has taken meanwhile was compared with their own
      if (heads.get(key)?.sequence === known?.heads.get(key)?.sequence) heads.set(key, entry)
    }
    const next = { sequence: (now?.sequence ?? 0) + 1, writtenAt: tx.clock.now(), heads }
    await saveRow(tx, next)
    return next
  })
  await saveFile(context, written)
}

/** An account is closed: its logs go, and the checkpoint says so. The platform's own audit log records the closing. */
export async function retireHeads(context: Context, names: readonly LogName[]): Promise<void> {
  const platform = inAccount(context, platformAccount, context.actor)
  const written = await transaction(platform, async (tx) => {
    await tx.db.$queryRaw`select 1 from checkpoint where account_id = ${tx.accountId}::uuid for update`
    const now = (await readCheckpoint(tx)).latest
    if (now === null) return null
    const gone = names.map((log) => entryKey(context.accountId, log))
    const heads = new Map([...now.heads].filter(([key]) => !gone.includes(key)))
    if (heads.size === now.heads.size) return null
    const next = { sequence: now.sequence + 1, writtenAt: tx.clock.now(), heads }
    await saveRow(tx, next)
    return next
  })
  if (written !== null) await saveFile(context, written)
}
