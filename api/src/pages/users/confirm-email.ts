import { html } from '@envoi/core/html'
import { type UserToken, verifyUser } from '@envoi/core/tracking/token'
import { confirmEmail } from '@envoi/core/users/confirm-email'
import { type OpenedLink, readLink } from '@envoi/core/users/read-link'
import type { Page } from '../layout.ts'
import { asHolder, type PageKind } from '../page-kind.ts'
import { endedPage, type Frame, frameOf } from './link-page.ts'

/** `/users/confirm/{token}`: whoever opened an account proves the address. GET asks, POST confirms. */
export const confirmEmailPage: PageKind<UserToken> = {
  path: '/users/confirm/:token',
  action: 'pages.confirmEmail',
  verify: verifyUser,
  actor: asHolder,
  async show({ context, token }, reader) {
    const opened = await readLink(context, token, 'confirmEmail')
    return page(frameOf(context, opened, reader), opened)
  },
  async submit({ context, token }, reader) {
    const opened = await confirmEmail(context, token)
    return page(frameOf(context, opened, reader), opened)
  },
}

function page(frame: Frame, { status }: OpenedLink): Page {
  const { language, account, words, platform, address } = frame
  const w = words.confirmEmail
  switch (status) {
    case 'waiting':
      return {
        status: 200,
        language,
        account,
        title: w.title,
        content: html`<p>${w.asked(platform)}</p>
<p class="quiet">${words.for(address)}</p>
<form method="post"><button>${w.button}</button></form>
<p class="more quiet">${w.ignore}</p>`,
      }
    case 'used':
      return {
        status: 200,
        language,
        account,
        title: w.doneTitle,
        content: html`<p class="done" role="status">${w.done}</p>`,
      }
    case 'expired':
      return endedPage(frame, status)
  }
}
