import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { Erasure } from '../database.ts'
import { withholdErased } from '../idempotency/withhold-answers.ts'
import { unfinishedUploads } from '../imports/unfinished-uploads.ts'
import { asRecorded } from '../records/as-recorded.ts'
import { transaction } from '../transaction.ts'
import { deleteMentions } from './delete-mentions.ts'
import {
  addToReceipts,
  completeErasures,
  deleteEvents,
  deleteInboxEvents,
  deleteJobs,
  deleteStagedRows,
  runningImports,
  takeErasures,
} from './erase-queued.sql.ts'
import { findPeople } from './find-people.ts'
import { forgetMentions } from './forget-mentions.ts'
import { namesakes } from './namesakes.ts'
import { countOutOfReach, recordOutOfReach } from './out-of-reach.ts'
import { ruleFragments } from './rule-fragments.ts'
import { openSubject, type Unfinished } from './subject.ts'

/** People at a time: 1,000 with 20 events each are deleted in some 150 ms (docs/performance.md). */
const batch = 1_000

/** Rows of one statement: it must end within 300 ms, since its locks make others wait. */
const rowsAtOnce = 10_000

/** An import ends within seconds or minutes. */
const retryMs = 15_000

/**
 * Removes what `requestErasures` left: events, rejected rows of imports, jobs, stored answers, and what names the person in
 * what the account has written. Each step is one short
 * transaction that counts what it deleted in the receipt as it goes: ended at any instant, it goes on from there.
 *
 * An erasure is not complete while an import runs or is uploaded that began before it: its file, and the rows staged from
 * it, hold the person until it ends. `nextAt` says when to look again.
 */
export async function eraseQueued(context: Context, signal: AbortSignal): Promise<{ nextAt: Date | null }> {
  let done = true
  for (let after: string | undefined; ; ) {
    signal.throwIfAborted()
    const taken = await takeErasures(context, after, batch)
    after = taken.at(-1)?.id
    if (after === undefined)
      return { nextAt: done ? null : new Date(context.clock.now().getTime() + retryMs) }
    const erasures = await unfinished(context, taken)
    if (erasures.length === 0) continue
    await deleteTraces(context, erasures, signal)
    const waiting = await waitingForImports(context, erasures)
    done &&= waiting.length === 0
    await complete(
      context,
      erasures.filter((erasure) => !waiting.includes(erasure)),
    )
  }
}

/** Those that somebody has asked for: a row that was put in by hand must not end as a receipt of ours. */
async function unfinished(context: Context, taken: Erasure[]): Promise<Unfinished[]> {
  const genuine = await asRecorded(
    context,
    'erasure',
    taken.map(({ id }) => id),
  )
  return taken.flatMap((erasure) => {
    const { id, contactId, subject } = erasure
    return contactId === null || subject === null || !genuine.has(id)
      ? []
      : [{ ...erasure, contactId, person: openSubject(context, subject) }]
  })
}

async function deleteTraces(context: Context, erasures: Unfinished[], signal: AbortSignal): Promise<void> {
  const ids = erasures.map(({ contactId }) => contactId)
  const step = async (
    table: string,
    limit: number,
    work: (tx: Context) => Promise<{ contactId: string; count: number }[]>,
  ) => {
    for (let deleted = limit; deleted >= limit; ) {
      signal.throwIfAborted()
      deleted = await transaction(context, async (tx) => {
        const counts = await work(tx)
        await addToReceipts(tx, 'deleted', table, counts)
        return counts.reduce((sum, { count }) => sum + count, 0)
      })
    }
  }
  await step('event_inbox', Number.POSITIVE_INFINITY, (tx) => deleteInboxEvents(tx, ids))
  await step('event', rowsAtOnce, (tx) => deleteEvents(tx, ids, rowsAtOnce))
  await step('outbox', Number.POSITIVE_INFINITY, (tx) => deleteJobs(tx, ids))
  await step('idempotency_key', Number.POSITIVE_INFINITY, (tx) => withholdErased(tx, erasures))
  await step('import_row', Number.POSITIVE_INFINITY, (tx) => deleteStagedRows(tx, erasures))
  await deleteMentions(context, erasures, signal)
  await forgetWritten(context, erasures, signal)
}

/** What the account itself has written of them; what of it must stay, the receipts say. */
async function forgetWritten(context: Context, erasures: Unfinished[], signal: AbortSignal): Promise<void> {
  const people = erasures.map(({ person }) => person)
  const find = findPeople(people, await namesakes(context, people, signal))
  const fragments = await ruleFragments(context, people, signal)
  await forgetMentions(context, erasures, { find, fragments, signal })
  const left = await countOutOfReach(context, erasures, find, signal)
  await transaction(context, (tx) => recordOutOfReach(tx, left))
}

async function waitingForImports(context: Context, erasures: Unfinished[]): Promise<Unfinished[]> {
  // uploads first: one that ends in between is found among the imports
  const running = [...(await unfinishedUploads(context)), ...(await runningImports(context))]
  return erasures.filter(({ requestedAt }) => running.some(({ createdAt }) => createdAt <= requestedAt))
}

async function complete(context: Context, erasures: Unfinished[]): Promise<void> {
  if (erasures.length === 0) return
  await transaction(context, async (tx) => {
    await completeErasures(
      tx,
      erasures.map(({ id }) => id),
    )
    await recordAudit(tx, { counts: { completed: erasures.length } })
  })
}
