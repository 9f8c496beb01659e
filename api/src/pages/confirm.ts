import { confirmConsent } from '@envoi/core/consents/confirm-consent'
import { type Confirmation, confirmationDays, readConfirmation } from '@envoi/core/consents/read-confirmation'
import { html } from '@envoi/core/html'
import { plainName } from '@envoi/core/plain-name'
import { type ConfirmToken, signPreferences, type TokenKeys, verifyConfirm } from '@envoi/core/tracking/token'
import type { Page } from './layout.ts'
import { asContact, type PageKind, type Reader } from './page-kind.ts'

/** `/confirm/{token}`: the second step of a double opt-in. GET shows what was agreed to and a button, POST confirms. */
export const confirmPage: PageKind<ConfirmToken> = {
  path: '/confirm/:token',
  action: 'pages.confirm',
  verify: verifyConfirm,
  actor: asContact,
  async show({ context, token, keys }, reader) {
    return page(await readConfirmation(context, token), reader, preferencesOf(keys, token))
  },
  async submit({ context, token, keys }, reader) {
    return page(await confirmConsent(context, token), reader, preferencesOf(keys, token))
  },
}

/** Whoever may confirm may also choose: the link was sent to the same mailbox. */
const preferencesOf = (keys: TokenKeys, { accountId, contactId, address }: ConfirmToken) =>
  signPreferences(keys, { accountId, contactId, messageId: null, address })

function page(about: Confirmation, reader: Reader, preferencesToken: string): Page {
  const { language, words } = reader(about)
  const w = words.confirm
  const [account, purpose] = [plainName(about.account), plainName(about.purpose)]
  const common = { language, account: about.account }
  switch (about.status) {
    case 'waiting':
      return {
        ...common,
        status: 200,
        title: w.title,
        content: html`<p>${w.asked(purpose, account)}</p>
<p>${w.agreed}</p>
<blockquote>${about.pending.text ?? about.purpose.policyText}</blockquote>
<form method="post"><button>${w.button}</button></form>
<p class="more quiet">${w.withdraw}</p>
<p class="more quiet">${w.ignore}</p>`,
      }
    case 'confirmed':
      return {
        ...common,
        status: 200,
        title: w.doneTitle,
        content: html`<p class="done" role="status">${w.done(purpose, account)}</p>
<p class="quiet">${w.withdraw}</p>
<p class="more"><a href="/p/${preferencesToken}?lang=${language}">${w.preferences}</a></p>`,
      }
    case 'expired':
      return {
        ...common,
        status: 410,
        title: w.expiredTitle,
        content: html`<p>${w.expired(confirmationDays)}</p>`,
      }
    case 'superseded':
      return { ...common, status: 410, title: w.supersededTitle, content: html`<p>${w.superseded}</p>` }
  }
}
