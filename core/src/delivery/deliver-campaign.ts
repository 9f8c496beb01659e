import { pauseByPlatform } from '../campaigns/pause-by-platform.ts'
import type { Context } from '../context.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { sinkMailer } from '../mail/sink.ts'
import { drawAllowance, returnAllowance } from './allowance.ts'
import { claimMessages } from './claim.sql.ts'
import { completeCampaign } from './complete-campaign.ts'
import { handOff, type Lane } from './hand-off.ts'
import type { LaneRun } from './lane-run.ts'
import { type Delivery, openDelivery } from './open-delivery.ts'
import { type MessageResult, recordResults } from './record.sql.ts'
import { createRecorder } from './recorder.ts'
import { RELAY_PAUSE_MS } from './result.ts'
import { settleAbandoned } from './take-over.ts'
import { touchContacts } from './touch-contacts.ts'

/** Messages claimed by one statement. */
const BATCH = 500
/** How long a lane holds its worker: then others get their turn, and the lane may go on in another process. */
const SLICE_MS = 5_000
/** Lanes of a large campaign: they share out among the workers there are. */
const LANES = 4
const STOPPED_ACCOUNT_PAUSE_MS = 5 * 60_000

type Again = { runAt: Date } | undefined

/**
 * One lane of a campaign's delivery: claims batch after batch and hands them over, until nothing is due or its slice of
 * time is over. Several lanes may run at once, in any processes; each message is claimed by one of them. Lane 0 wakes the
 * others when there is much to do, and is woken by each that ends, until the campaign is sent.
 */
export async function deliverCampaign(
  context: Context,
  { campaignId, lane }: { campaignId: string; lane: number },
  run: LaneRun,
): Promise<Again> {
  const lost = await settleAbandoned(context, campaignId, run.jobId)
  if (lost > 0)
    context.log.warn({ campaignId, messages: lost }, 'a worker was lost while it handed messages over')
  const delivery = await openDelivery(context, campaignId)
  if (delivery === null) return undefined
  if (delivery === 'account_stopped') return lane === 0 ? after(context, STOPPED_ACCOUNT_PAUSE_MS) : undefined
  if (delivery === 'unsigned') {
    await pauseByPlatform(context, campaignId, 'sender_domain_unverified')
    return undefined
  }
  const mailer = delivery.testMode ? sinkMailer : context.mailer
  if (mailer === null) throw new Error('SMTP_URL is not set: there is no way to send')
  const recorder = createRecorder<MessageResult>(context, (results) =>
    recordResults(context, delivery, results),
  )
  const state: Lane = {
    context,
    delivery,
    mailer,
    run,
    recorder: {
      ...recorder,
      add(result) {
        if (!result.isAttempt) state.unused += 1
        recorder.add(result)
      },
    },
    inFlight: new Set(),
    reached: [],
    unused: 0,
    halt: null,
  }
  let wait: Date | null
  try {
    wait = await deliverSlice(state, lane)
  } finally {
    await Promise.all(state.inFlight)
    await recorder.settled()
    await giveBack(state)
    await touchContacts(context, state.reached)
  }
  run.signal.throwIfAborted()
  if (state.halt === 'stopped') {
    await sweepCancelled(context, campaignId)
    // what stopped it decides whether it goes on: see openDelivery
    return lane === 0 ? after(context, 0) : undefined
  }
  if (state.halt === 'relay_away') return after(context, RELAY_PAUSE_MS)
  if (wait !== null) return { runAt: wait }
  if (lane !== 0) {
    // this one may have been the last
    await wakeLane(context, delivery, 0)
    return undefined
  }
  const lookAgain = await completeCampaign(context, delivery, run.signal)
  return lookAgain === null ? undefined : { runAt: lookAgain }
}

/** Answers when to go on; null when nothing is due any more. */
async function deliverSlice(lane: Lane, number: number): Promise<Date | null> {
  const { context, delivery, run } = lane
  const until = performance.now() + SLICE_MS
  let woken = number !== 0
  for (;;) {
    if (lane.halt !== null || run.signal.aborted) return context.clock.now()
    if (performance.now() > until && (await isQuiet(lane))) return context.clock.now()
    const granted = await drawAllowance(context, delivery, BATCH)
    const batch = granted.count === 0 ? [] : await claimMessages(context, delivery, run.jobId, granted.count)
    await returnAllowance(context, delivery, granted.count - batch.length)
    if (granted.count === 0) {
      await Promise.all(lane.inFlight)
      if (lane.unused === 0) return number === 0 ? granted.nextAt : null
      await giveBack(lane)
      continue
    }
    if (batch.length === 0) return null
    if (!woken && batch.length === BATCH) {
      await wakeLanes(context, delivery)
      woken = true
    }
    await handOff(lane, batch)
    await giveBack(lane)
    lane.reached.push(...(await touchContacts(context, lane.reached.splice(0))))
  }
}

/** What was drawn for messages that did not leave (a recipient who said no since, a relay that is away) may be used for others. */
async function giveBack(lane: Lane): Promise<void> {
  const { unused } = lane
  lane.unused = 0
  await returnAllowance(lane.context, lane.delivery, unused)
}

/** The slice is over, but a server that takes minutes to answer for one message must not hold up all others: go on meanwhile. */
async function isQuiet({ inFlight }: Lane): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 1_000)
  })
  await Promise.race([Promise.all(inFlight), late])
  clearTimeout(timer)
  return inFlight.size === 0
}

/** What this lane has put back after the messages of a cancelled campaign were marked is marked too. */
async function sweepCancelled(context: Context, campaignId: string): Promise<void> {
  const campaign = await context.db.campaign.findUnique({
    where: { accountId_id: { ...context.scope, id: campaignId } },
    select: { status: true },
  })
  if (campaign?.status === 'cancelled')
    await enqueue(context, 'campaigns.cancel', { campaignId }, { dedupeKey: campaignId })
}

async function wakeLanes(context: Context, { campaignId }: Delivery): Promise<void> {
  for (let lane = 1; lane < LANES; lane++) await wakeLane(context, { campaignId }, lane)
}

const wakeLane = (context: Context, { campaignId }: Pick<Delivery, 'campaignId'>, lane: number) =>
  enqueue(context, 'campaigns.deliver', { campaignId, lane }, { dedupeKey: `${campaignId}:${lane}` })

function after(context: Context, milliseconds: number): Again {
  return { runAt: new Date(context.clock.now().getTime() + milliseconds) }
}
