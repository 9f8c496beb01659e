import { recognisableAddress } from '@envoi/core/contacts/mask'
import { html } from '@envoi/core/html'
import { plainName } from '@envoi/core/plain-name'
import { readUnsubscription, type Unsubscription, unsubscribe } from '@envoi/core/preferences/unsubscribe'
import { speaksFor } from '@envoi/core/tracking/address-mark'
import { signPreferences, type UnsubscribeToken, verifyUnsubscribe } from '@envoi/core/tracking/token'
import type { Page } from './layout.ts'
import { asContact, type PageKind, type Reader } from './page-kind.ts'

/**
 * `/u/{token}`: GET shows a button, POST unsubscribes. Mailbox providers POST by themselves when the person uses their
 * "unsubscribe" (RFC 8058): `List-Unsubscribe=One-Click`, as a form or multipart, without cookies, and take no redirect.
 */
export const unsubscribePage: PageKind<UnsubscribeToken> = {
  path: '/u/:token',
  action: 'pages.unsubscribe',
  verify: verifyUnsubscribe,
  actor: asContact,
  async show({ context, token, keys }, reader) {
    const about = await readUnsubscription(context, token)
    return page(about, reader, signPreferences(keys, token), speaksFor(context, token, about.contact))
  },
  async submit({ context, token, keys, body }, reader) {
    const before = await readUnsubscription(context, token)
    const { w, purpose, account, by } = namesOf(before, reader)
    const text = purpose === null ? w.fromAll(account) : w.from(purpose, account, by)
    const source = isOneClick(body) ? 'one-click unsubscribe (RFC 8058)' : 'unsubscribe page'
    const about = await unsubscribe(context, token, { source, text })
    return page(about, reader, signPreferences(keys, token), speaksFor(context, token, about.contact))
  },
}

function isOneClick(body: unknown): boolean {
  if (typeof body === 'string') return body.includes('List-Unsubscribe') && body.includes('One-Click')
  return (
    typeof body === 'object' &&
    body !== null &&
    'List-Unsubscribe' in body &&
    body['List-Unsubscribe'] === 'One-Click'
  )
}

function namesOf(about: Unsubscription, reader: Reader) {
  const { words } = reader(about)
  return {
    w: words.unsubscribe,
    by: words.by[about.channel],
    account: plainName(about.account),
    purpose: about.purpose === null ? null : plainName(about.purpose),
  }
}

/** The address is shown to who has it. */
function page(about: Unsubscription, reader: Reader, preferencesToken: string, isTheirs: boolean): Page {
  const { language } = reader(about)
  const { w, by, account, purpose } = namesOf(about, reader)
  const held = about.channel === 'email' ? about.contact.email : about.contact.phone
  const address = isTheirs ? held : null
  const content = about.isDone
    ? html`<p class="done" role="status">${purpose === null ? w.doneAll(account) : w.done(purpose, account, by)}</p>
<p class="quiet">${w.late}</p>
<p class="more"><a href="/p/${preferencesToken}?lang=${language}">${w.preferences}</a></p>`
    : html`<p>${purpose === null ? w.fromAll(account) : w.from(purpose, account, by)}</p>
${address !== null && html`<p class="quiet">${w.address(recognisableAddress(address))}</p>`}
<form method="post"><button>${w.button}</button></form>
<p class="more"><a href="/p/${preferencesToken}?lang=${language}">${w.preferences}</a></p>`
  const title = about.isDone ? w.doneTitle : w.title
  return { status: 200, language, title, content, account: about.account }
}
