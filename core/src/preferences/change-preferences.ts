import type { Evidence } from '../consents/evidence.ts'
import { lockContact } from '../consents/lock-contact.ts'
import { recordConsent } from '../consents/record-consent.ts'
import type { Context } from '../context.ts'
import { liftObjection } from '../objections/lift-objection.ts'
import { type ObjectionKind, objectionKinds } from '../objections/objection-kinds.ts'
import { recordObjection } from '../objections/record-objection.ts'
import { recordTrackingConsent } from '../tracking/record-tracking-consent.ts'
import { transaction } from '../transaction.ts'
import { liftOwnSuppressions } from './lift-own-suppressions.ts'
import { type Choice, choiceKey, readChoices } from './read-preferences.ts'
import { recordUnsubscribed } from './record-unsubscribed.ts'

interface Boxes {
  /** Keys of the choices that are ticked. */
  choices: ReadonlySet<string>
  tracking: boolean
  objections: ReadonlySet<ObjectionKind>
}

export interface PreferenceChange {
  /** What the page showed. */
  shown: Boxes
  /** What the person left it at. */
  wanted: Boxes
  /** The message whose link led to the page. */
  messageId: string | null
  /** What the link can agree to for the person; to say no it needs nothing. */
  reach: Reach
  /** The words beside the boxes that are not purposes, and their version. */
  texts: Record<'tracking' | ObjectionKind, string>
  textVersion: string
}

/**
 * `own`: the link came to the mailbox that the contact has, which agrees for itself: to what is sent there, to being tracked there.
 * For another channel no mailbox agrees: it does not prove who has the telephone. `none`: it came to another address.
 */
export type Reach = 'own' | 'none'

const source = 'preference page'

/**
 * Applies what a person changed on their preference page, all of it or nothing. Only what differs from what they were shown
 * counts: a page left open since last week does not bring back what was withdrawn meanwhile, and a box that nobody touched
 * says nothing.
 */
export async function changePreferences(
  context: Context,
  contactId: string,
  change: PreferenceChange,
): Promise<void> {
  await transaction(context, async (tx) => {
    await lockContact(tx, contactId)
    const stopped = await changeChoices(tx, contactId, change)
    const objects = await changeObjections(tx, contactId, change)
    await changeTracking(tx, contactId, change)
    if (stopped.length === 0 && !objects) return
    const isThrough = await isAbout(tx, contactId, change.messageId, { stopped, objects })
    await recordUnsubscribed(tx, { contactId, messageId: isThrough ? change.messageId : null })
  })
}

/** Whether what a message was sent for is among what the person has stopped. */
async function isAbout(
  tx: Context,
  contactId: string,
  messageId: string | null,
  { stopped, objects }: { stopped: Choice[]; objects: boolean },
): Promise<boolean> {
  if (messageId === null) return false
  const message = await tx.db.message.findUnique({
    where: { accountId_id: { ...tx.scope, id: messageId }, contactId },
    select: {
      channel: true,
      campaign: { select: { purpose: { select: { key: true, eprivacyGround: true } } } },
    },
  })
  const purpose = message?.campaign?.purpose
  if (purpose === undefined) return false
  if (objects && purpose.eprivacyGround !== 'non_marketing') return true
  return stopped.some(({ purposeKey, channel }) => purposeKey === purpose.key && channel === message?.channel)
}

/** Answers what was on and is not any more. */
async function changeChoices(
  tx: Context,
  contactId: string,
  { shown, wanted, reach }: PreferenceChange,
): Promise<Choice[]> {
  const choices = await readChoices(tx, contactId)
  const isOn = (boxes: Boxes, choice: Choice) => boxes.choices.has(choiceKey(choice))
  const agreed = choices.filter(
    (one) => mayAgree(reach, one) && isOn(wanted, one) && !isOn(shown, one) && !one.isOn,
  )
  const refused = choices.filter((one) => !isOn(wanted, one) && isOn(shown, one))
  // an address that was barred from everything opens for what was chosen, and for nothing else
  const opened = new Set(agreed.filter(({ isBarred }) => isBarred).map(({ channel }) => channel))
  const stillBarred = choices.filter(
    (one) => one.isBarred && opened.has(one.channel) && !agreed.includes(one),
  )
  for (const choice of [...refused, ...stillBarred]) await sayNo(tx, contactId, choice)
  for (const choice of agreed) {
    if (choice.isBarred) await liftOwnSuppressions(tx, contactId, choice)
    await say(tx, contactId, choice, 'granted')
  }
  return refused.filter(({ isOn }) => isOn)
}

/** Whether a link that was mailed may turn a choice on. */
export const mayAgree = (reach: Reach, { channel }: Pick<Choice, 'channel'>): boolean =>
  reach === 'own' && channel === 'email'

async function sayNo(tx: Context, contactId: string, choice: Choice): Promise<void> {
  if (choice.state === 'withdrawn' || choice.state === 'refused') return
  await say(tx, contactId, choice, choice.state === null ? 'refused' : 'withdrawn')
}

/** The wording of a purpose is what stands below its box. */
async function say(
  tx: Context,
  contactId: string,
  choice: Choice,
  state: 'granted' | 'withdrawn' | 'refused',
) {
  const { purposeKey, channel, policyText, policyVersion } = choice
  const evidence = evidenceOf(tx, policyText, policyVersion)
  await recordConsent(tx, contactId, { purpose: purposeKey, channel, state, evidence })
}

/** Answers whether they object to marketing from now on. */
async function changeObjections(tx: Context, contactId: string, change: PreferenceChange): Promise<boolean> {
  const { objections } = await lockContact(tx, contactId)
  let objects = false
  for (const kind of objectionKinds) {
    const wanted = change.wanted.objections.has(kind)
    if (change.shown.objections.has(kind) === wanted || objections.includes(kind) === wanted) continue
    if (!wanted && change.reach === 'none') continue
    const evidence = evidenceOf(tx, change.texts[kind], change.textVersion)
    if (wanted) await recordObjection(tx, contactId, { kind, evidence })
    else await liftObjection(tx, contactId, kind, evidence)
    objects ||= wanted && kind === 'marketing'
  }
  return objects
}

async function changeTracking(tx: Context, contactId: string, change: PreferenceChange): Promise<void> {
  if (change.shown.tracking === change.wanted.tracking) return
  if (change.wanted.tracking && change.reach === 'none') return
  const evidence = evidenceOf(tx, change.texts.tracking, change.textVersion)
  const state = change.wanted.tracking ? 'granted' : 'withdrawn'
  await recordTrackingConsent(tx, contactId, { state, evidence })
}

function evidenceOf(tx: Context, text: string, textVersion: string): Evidence {
  return { source, collectedAt: tx.clock.now().toISOString(), text, textVersion, ip: tx.address ?? undefined }
}
