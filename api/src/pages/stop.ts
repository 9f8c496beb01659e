/**
 * What `/p/{token}` is when the link was sent to an address that is not the contact's now: a list of what can be stopped, the same
 * for everybody. It shows nothing of the contact, whom the holder of the link may not be.
 */
import { html } from '@envoi/core/html'
import { plainName } from '@envoi/core/plain-name'
import { choiceKey, type Preferences } from '@envoi/core/preferences/read-preferences'
import { box } from './box.ts'
import type { Page } from './layout.ts'
import type { Reader } from './page-kind.ts'

export function stopPage(about: Preferences, reader: Reader, isSaved: boolean): Page {
  const { account } = about
  // the language too is what the contact has chosen since
  const { language, words } = reader({ account, contact: { locale: null } })
  const { by, preferences: w } = words
  const purposes = about.choices.filter(({ channel }) => channel === 'email')
  const content = html`${isSaved && html`<p class="done" role="status">${w.stopped}</p>`}
<p>${w.moved(plainName(account))}</p>
<form method="post">
${purposes.map((choice) => box(choiceKey(choice), false, w.stop(plainName({ name: choice.purposeName }), by.email), null, 'stop'))}
${box('tracking', false, w.stopTracking, null, 'stop')}
<h2>${w.object}</h2>
${box('objection marketing', false, w.marketing, null, 'stop')}
${box('objection profiling', false, w.profiling, null, 'stop')}
<div class="save"><button>${w.save}</button></div>
</form>`
  return { status: 200, language, title: w.title, content, account }
}

/**
 * What is ticked there, as a change of preferences: all of it was on as far as the page knows, and is off. Under a name of its own: a form
 * of the other page, sent when the address had changed, asks for nothing here.
 */
export function stopsOf(body: unknown) {
  const { stop } = { ...(typeof body === 'object' ? body : null) } as { stop?: unknown }
  const keys = new Set([stop].flat().filter((key) => typeof key === 'string'))
  const kinds = ['marketing', 'profiling'] as const
  return {
    shown: { choices: keys, tracking: keys.has('tracking'), objections: new Set<(typeof kinds)[number]>() },
    wanted: {
      choices: new Set<string>(),
      tracking: false,
      objections: new Set(kinds.filter((kind) => keys.has(`objection ${kind}`))),
    },
  }
}
