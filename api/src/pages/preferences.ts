import { recognisableAddress } from '@envoi/core/contacts/mask'
import { type Html, html } from '@envoi/core/html'
import { plainName } from '@envoi/core/plain-name'
import { changePreferences, mayAgree } from '@envoi/core/preferences/change-preferences'
import {
  type Choice,
  choiceKey,
  type Preferences,
  readPreferences,
} from '@envoi/core/preferences/read-preferences'
import { speaksFor } from '@envoi/core/tracking/address-mark'
import { type PreferencesToken, verifyPreferences } from '@envoi/core/tracking/token'
import { box } from './box.ts'
import type { Page } from './layout.ts'
import { asContact, type PageKind, type Reader } from './page-kind.ts'
import { stopPage, stopsOf } from './stop.ts'
import { type Words, wordsVersion } from './words.ts'

/**
 * `/p/{token}`: what a person receives, whether they are tracked, what they object to. A box is ticked when it is in force,
 * never before. The form says what it showed, so that a stale page undoes nothing (see `changePreferences`).
 */
export const preferencesPage: PageKind<PreferencesToken> = {
  path: '/p/:token',
  action: 'pages.preferences',
  verify: verifyPreferences,
  actor: asContact,
  async show({ context, token }, reader) {
    const about = await readPreferences(context, token.contactId)
    return speaksFor(context, token, about.contact)
      ? page(about, reader, false)
      : stopPage(about, reader, false)
  },
  async submit({ context, token, body }, reader) {
    const before = await readPreferences(context, token.contactId)
    const isTheirs = speaksFor(context, token, before.contact)
    const { words } = reader(before)
    const { tracking, marketing, profiling } = words.preferences
    await changePreferences(context, token.contactId, {
      ...(isTheirs ? { shown: boxesOf(body, 'shown'), wanted: boxesOf(body, 'wanted') } : stopsOf(body)),
      reach: isTheirs ? 'own' : 'none',
      texts: { tracking, marketing, profiling },
      textVersion: wordsVersion,
      messageId: token.messageId,
    })
    const about = await readPreferences(context, token.contactId)
    return isTheirs ? page(about, reader, true) : stopPage(about, reader, true)
  },
}

/** The ticked boxes of a form; `shown` are those that were ticked when it was made. */
function boxesOf(body: unknown, name: 'shown' | 'wanted') {
  const given =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  const keys = new Set([given].flat().filter((key) => typeof key === 'string'))
  const objections = (['marketing', 'profiling'] as const).filter((kind) => keys.has(`objection ${kind}`))
  return { choices: keys, tracking: keys.has('tracking'), objections: new Set(objections) }
}

function page(about: Preferences, reader: Reader, isSaved: boolean): Page {
  const { language, words } = reader(about)
  const w = words.preferences
  const content = html`${isSaved && html`<p class="done" role="status">${w.saved}</p>`}
<p>${w.intro(plainName(about.account))}</p>
<form method="post">
<h2>${w.receive}</h2>
${about.choices.length === 0 ? html`<p class="quiet">${w.nothing}</p>` : purposes(about, words)}
<h2>${w.measure}</h2>
${box('tracking', about.tracking === 'granted', w.tracking, w.trackingHint)}
<h2>${w.object}</h2>
${box('objection marketing', about.objections.includes('marketing'), w.marketing, w.marketingHint)}
${box('objection profiling', about.objections.includes('profiling'), w.profiling, w.profilingHint)}
<div class="save"><button>${w.save}</button></div>
</form>`
  return { status: 200, language, title: w.title, content, account: about.account }
}

function purposes({ choices, contact }: Preferences, words: Words): Html[] {
  // the choices come in the order of their purposes: one for each channel
  const first = choices.filter(({ purposeKey }, index) => choices[index - 1]?.purposeKey !== purposeKey)
  return first.map(({ purposeKey, purposeName, description, policyText }) => {
    const boxes = choices
      .filter((choice) => choice.purposeKey === purposeKey)
      .map((choice) => channelBox(choice, contact, words))
    return html`<fieldset>
<legend>${plainName({ name: purposeName })}</legend>
<p>${description}</p>
${boxes}
<p class="quiet">${policyText}</p>
</fieldset>`
  })
}

function channelBox(choice: Choice, contact: Preferences['contact'], { by, preferences: w }: Words): Html {
  const address = (choice.channel === 'email' ? contact.email : contact.phone) ?? ''
  if (!choice.isOn && !mayAgree('own', choice))
    return html`<p class="quiet">${w.off(by[choice.channel])} ${w.elsewhere}</p>`
  const label = w.address(by[choice.channel], recognisableAddress(address))
  return box(choiceKey(choice), choice.isOn, label, choice.state === 'pending' ? w.pending : null)
}
