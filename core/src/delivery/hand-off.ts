/**
 * The last metres of a batch of claimed messages:
 *
 *     prepared ahead ──► places taken ──► hand-off begun (committed) ──► last look ──► bytes leave ──► outcome recorded
 *
 * The order is what the promises rest on. *Never twice*: that a hand-off has begun is on disk before a byte leaves, so a
 * message found `sending` after a crash is never sent again; and only as many are begun as there are connections free, so
 * few are ever in that state. *Lawful or not sent*: the last look comes after the places and after the commit, when
 * nothing is left to wait for; whatever was committed before that read (an unsubscribe, an objection, a suppression, an
 * erasure, a pause) stops the message.
 */
import type { Context } from '../context.ts'
import { MailInputError } from '../mail/mail-input-error.ts'
import type { Mailer } from '../mail/mailer.ts'
import { beginHandOff } from './begin.sql.ts'
import { lookBeforeHandOff } from './check.sql.ts'
import type { Claimed } from './claim.sql.ts'
import type { LaneRun } from './lane-run.ts'
import type { Delivery } from './open-delivery.ts'
import { type Prepared, prepareMessage } from './prepare-message.ts'
import type { MessageResult } from './record.sql.ts'
import type { Recorder } from './recorder.ts'
import { excluded, isRelayAway, late, type Result, released, resultOf, unwritable } from './result.ts'
import { trackingMode } from './tracking-mode.ts'

/** Why a lane stops before its messages are through. */
export type Halt = 'stopped' | 'relay_away'

/** What a lane has under way. */
export interface Lane {
  context: Context
  delivery: Delivery
  mailer: Mailer
  run: LaneRun
  recorder: Recorder<MessageResult>
  /** Messages whose bytes have left, until their outcome is known. */
  inFlight: Set<Promise<void>>
  /** Contacts who got a message. */
  reached: string[]
  /** Messages that were drawn for from the allowances and have not left: to be given back. */
  unused: number
  halt: Halt | null
}

/** Hands over at once at most so many. */
const WINDOW = 20
/** While the database is slow to take so many outcomes, no more are made: a crash would leave them all `unknown`. */
const UNWRITTEN = 10 * WINDOW

/** Hands over a batch, and comes back when all its messages are on their way; their outcomes are recorded as they come. */
export async function handOff(lane: Lane, batch: readonly Claimed[]): Promise<void> {
  const { run, mailer } = lane
  const ahead = prepareAhead(lane, batch)
  let window: Prepared[] = []
  try {
    for (;;) {
      window = window.concat(await ahead.take(WINDOW - window.length))
      if (window.length === 0 || lane.halt !== null || run.signal.aborted) break
      await lane.recorder.below(UNWRITTEN)
      const places = await mailer.reserve(window.length)
      if (run.signal.aborted) {
        mailer.release(places)
        break
      }
      const leaving = window.slice(0, places)
      window = window.slice(places)
      await letLeave(lane, leaving)
    }
  } finally {
    for (const { claimed } of window) record(lane, claimed, released(claimed))
    for (const claimed of await ahead.rest()) record(lane, claimed, released(claimed))
  }
}

function record({ recorder }: Lane, { claimId }: Claimed, result: Result): void {
  recorder.add({ ...result, claimId })
}

/** One window: its places are taken. */
async function letLeave(lane: Lane, window: readonly Prepared[]): Promise<void> {
  const { context, delivery, mailer, run } = lane
  let leaving: Prepared[] = []
  try {
    const begun = await beginHandOff(
      context,
      delivery,
      run,
      window.map(({ claimed, mode }) => ({ id: claimed.id, claimId: claimed.claimId, mode })),
    )
    const candidates = window.filter(({ claimed }) => begun.has(claimed.id))
    if (candidates.length > 0) leaving = await lastLook(lane, candidates)
  } catch (error) {
    // whether the mark was written is not known, but that nothing has left is
    for (const { claimed } of window) record(lane, claimed, released(claimed))
    throw error
  } finally {
    mailer.release(window.length - leaving.length)
  }
  for (const message of leaving) {
    const leave = send(lane, message).finally(() => lane.inFlight.delete(leave))
    lane.inFlight.add(leave)
  }
}

async function lastLook(lane: Lane, window: readonly Prepared[]): Promise<Prepared[]> {
  const { context, delivery } = lane
  const looks = await lookBeforeHandOff(
    context,
    delivery,
    window.map(({ claimed }) => claimed),
  )
  return window.filter(({ claimed, mode }) => {
    const look = looks.get(claimed.id)
    if (look === undefined) {
      record(lane, claimed, excluded(claimed, 'contact_erased'))
      return false
    }
    const mayRun = look.accountStatus === 'active' || look.accountStatus === 'trial'
    if (look.campaignStatus !== 'sending' || !mayRun) lane.halt = 'stopped'
    if (lane.halt === 'stopped') {
      record(lane, claimed, released(claimed))
      return false
    }
    if (look.excluded !== null) {
      record(lane, claimed, excluded(claimed, look.excluded))
      return false
    }
    // rendered for what is not true any more: it is made anew by the next claim
    if (look.email !== claimed.email || trackingMode(delivery.snapshot.tracking, look) !== mode) {
      record(lane, claimed, released(claimed))
      return false
    }
    return true
  })
}

async function send(lane: Lane, { claimed, envelope, raw }: Prepared): Promise<void> {
  const { context, mailer } = lane
  try {
    const outcome = await mailer.send(envelope, raw)
    if (outcome.kind === 'sent') lane.reached.push(claimed.contactId)
    if (isRelayAway(outcome)) lane.halt ??= 'relay_away'
    record(lane, claimed, resultOf(claimed, outcome, context.clock))
  } catch (error) {
    if (!(error instanceof MailInputError)) throw error
    record(lane, claimed, unwritable(claimed, error.code))
  }
}

/** Prepares some messages ahead of those that leave: what an RSA signature takes is spent while others are on the wire. */
function prepareAhead(lane: Lane, batch: readonly Claimed[]) {
  const { context, delivery } = lane
  let next = 0
  const preparing: { claimed: Claimed; made: ReturnType<typeof prepareMessage> }[] = []
  const fill = () => {
    for (; next < batch.length && preparing.length < 2 * WINDOW; next++) {
      const claimed = batch[next]
      if (claimed === undefined) continue
      if (claimed.excluded !== null) {
        record(lane, claimed, excluded(claimed, claimed.excluded))
        continue
      }
      const made = prepareMessage(context, delivery, claimed)
      // looked at when its turn comes
      made.catch(() => undefined)
      preparing.push({ claimed, made })
    }
  }
  return {
    async take(count: number): Promise<Prepared[]> {
      const taken: Prepared[] = []
      while (taken.length < count) {
        fill()
        const first = preparing.shift()
        if (first === undefined) break
        const made = await first.made.catch((error: unknown) => {
          for (const { claimed } of [...taken, first]) record(lane, claimed, released(claimed))
          throw error
        })
        if ('unwritable' in made) record(lane, made.claimed, unwritable(made.claimed, made.unwritable))
        else if ('isLate' in made) record(lane, made.claimed, late(made.claimed, context.clock))
        else taken.push(made)
      }
      return taken
    },
    /** What was not taken. */
    async rest(): Promise<Claimed[]> {
      const claimed = [...preparing.map((one) => one.claimed), ...batch.slice(next)]
      await Promise.allSettled(preparing.map(({ made }) => made))
      return claimed
    },
  }
}
