import { requireTrialRoom } from '../accounts/trial-contacts.ts'
import { followAddresses } from '../consents/follow-addresses.ts'
import { recordConsents } from '../consents/record-consents.ts'
import { unseenValues } from '../contacts/mask.ts'
import { retryOvertaken } from '../contacts/retry-overtaken.ts'
import { lockPhones } from '../contacts/write-contacts.sql.ts'
import type { Context } from '../context.ts'
import type { Import } from '../database.ts'
import { holdOffErasures } from '../erasures/refused-by-erasure.ts'
import {
  hasForgottenSuppressions,
  recogniseSuppressions,
  type SuppressibleAddress,
} from '../suppressions/recognise-suppressions.ts'
import { consentRows, markConsented } from './chunk-consents.sql.ts'
import type { PlannedConsent } from './import-plan.ts'
import {
  addListMembers,
  type ChunkSize,
  type Counts,
  countChunk,
  fillChunk,
  findPhoneOnly,
  insertContacts,
  lockUnchanged,
  makeChunkTable,
  matchedAddresses,
  measureChunk,
  moveRefused,
  type Origin,
  planForEachChunk,
  recordChunk,
  refuseSameContact,
  skipMatched,
  updateContacts,
  writtenAddresses,
} from './merge-chunk.sql.ts'
import { refuseErased } from './refuse-erased.ts'

/** Rows in a chunk: one transaction, some hundred milliseconds. */
const chunkRows = 10_000

/** `merged` up to `line`; `empty`: no row is left in the staging table; `stopped`: the import does not run any more. */
export type ChunkOutcome = { kind: 'merged'; line: number } | { kind: 'empty' } | { kind: 'stopped' }

/**
 * Merges the next chunk behind a line: contacts, lists, consents, errors and counts commit together or not at all. Tried anew
 * when somebody else has written the same contacts meanwhile.
 */
export async function mergeChunk(
  context: Context,
  work: Import,
  consents: PlannedConsent[],
  afterLine: number,
): Promise<ChunkOutcome> {
  const key = { accountId: work.accountId, importId: work.id }
  try {
    return await retryOvertaken(context, async (tx) => {
      await tx.db.$executeRaw(planForEachChunk)
      await tx.db.$executeRaw(makeChunkTable)
      await takeTurns(tx, work, afterLine)
      await tx.db.$executeRaw(fillChunk(key, afterLine, chunkRows))
      const [size] = await tx.db.$queryRaw<ChunkSize[]>(measureChunk)
      if (size === undefined || size.last_line === null) return { kind: 'empty' }
      const { rejected, skipped } = await sift(tx, work, consents, size)

      // a trial run does it all, counts, and takes it back: it cannot count otherwise than the real one
      if (work.dryRun) await tx.db.$executeRaw`savepoint before_writing`
      const outdated = await write(tx, work, consents, size.matched > skipped)
      const [counts] = await tx.db.$queryRaw<Counts[]>(countChunk)
      if (counts === undefined) throw new Error('a count gave no row')
      if (work.dryRun) await tx.db.$executeRaw`rollback to savepoint before_writing`

      const figures = { ...counts, rows: size.rows, lastLine: size.last_line, skipped, rejected, outdated }
      if ((await tx.db.$executeRaw(recordChunk(key, afterLine, figures))) === 0) throw new Stopped()
      return { kind: 'merged', line: size.last_line }
    })
  } catch (error) {
    if (error instanceof Stopped) return { kind: 'stopped' }
    throw error
  }
}

/** Takes the chunk back. */
class Stopped extends Error {}

/** Rows that are known by their phone alone wait for others which are, as everybody does (see `lockPhones`). */
async function takeTurns(tx: Context, work: Import, afterLine: number): Promise<void> {
  if (!Object.values(work.columns as object).includes('phone')) return
  const key = { accountId: work.accountId, importId: work.id }
  const [found] = await tx.db.$queryRaw<unknown[]>(findPhoneOnly(key, afterLine, chunkRows))
  if (found === undefined) return
  // in the order in which writers of contacts take them
  await holdOffErasures(tx)
  await lockPhones(tx)
}

/** Moves the rows that are refused to the errors, and drops those to be skipped. */
async function sift(tx: Context, work: Import, consents: PlannedConsent[], size: ChunkSize) {
  let rejected = size.refused
  if (size.matched > 1) rejected += await tx.db.$executeRaw(refuseSameContact)
  rejected += await refuseErased(tx, consents)
  if (rejected > 0) await tx.db.$executeRaw(moveRefused({ accountId: work.accountId, importId: work.id }))
  const skips = work.onConflict === 'skip' && size.matched > 0
  return { rejected, skipped: skips ? await tx.db.$executeRaw(skipMatched) : 0 }
}

/** Returns how many consents were outdated. */
async function write(
  tx: Context,
  { lists, origin, reveals }: Import,
  consents: PlannedConsent[],
  someMatched: boolean,
): Promise<number> {
  const { accountId } = tx
  const now = tx.clock.now()
  const created = await tx.db.$executeRaw(insertContacts(accountId, origin as unknown as Origin, now))
  if (created > 0) await requireTrialRoom(tx, created)
  if (someMatched) {
    const unseen = reveals ? new Set<string>() : await unseenValues({ ...tx, permissions: new Set() })
    await followAddresses(tx, matchedAddresses, 'keeps', () =>
      tx.db.$executeRaw(updateContacts(accountId, now, unseen)),
    )
  }
  if (await hasForgottenSuppressions(tx))
    await recogniseSuppressions(tx, await tx.db.$queryRaw<SuppressibleAddress[]>(writtenAddresses))
  if (lists.length > 0) await tx.db.$executeRaw(addListMembers(accountId, lists, now))
  if (consents.length === 0) return 0
  if (someMatched) await tx.db.$queryRaw(lockUnchanged(accountId))
  let outdated = 0
  for (const consent of consents) outdated += (await recordConsents(tx, consentRows(consent))).outdated
  if (someMatched) await tx.db.$executeRaw(markConsented(accountId, now))
  return outdated
}
