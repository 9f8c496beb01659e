import { viewDays, viewMessage } from '@envoi/core/delivery/view-message'
import { html } from '@envoi/core/html'
import { type ViewToken, verifyView } from '@envoi/core/tracking/token'
import { isTrackingRefused } from '@envoi/core/tracking/tracking-refusal'
import { asContact, type PageKind } from './page-kind.ts'

/**
 * `/view/{token}`: a message as its recipient got it. What is shown was written by a customer, and shown on an address where
 * people decide about their data: it gets a policy of its own (`letterPolicy`), under which nothing in it runs or submits.
 */
export const viewPage: PageKind<ViewToken> = {
  path: '/view/:token',
  action: 'pages.view',
  verify: verifyView,
  actor: asContact,
  async show({ context, token, headers }, reader) {
    const viewed = await viewMessage(context, token, { isTrackingRefused: isTrackingRefused(headers) })
    const { language, words } = reader(viewed)
    if (viewed.html !== null) return { status: 200, language, letter: viewed.html }
    return {
      status: 410,
      language,
      title: words.view.expiredTitle,
      content: html`<p>${viewed.gone === 'moved' ? words.view.moved : words.view.expired(viewDays)}</p>`,
      account: viewed.account,
    }
  },
}
