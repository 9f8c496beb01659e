import { DomainError } from '@envoi/core'
import { html } from '@envoi/core/html'
import { resetPassword } from '@envoi/core/passwords/reset-password'
import { type UserToken, verifyUser } from '@envoi/core/tracking/token'
import { readLink } from '@envoi/core/users/read-link'
import type { Page } from '../layout.ts'
import { asHolder, type PageKind } from '../page-kind.ts'
import {
  endedPage,
  type Frame,
  fieldOf,
  frameOf,
  generatedPassword,
  passwordField,
  problemOf,
} from './link-page.ts'

/** `/users/password/{token}`: who has forgotten a password chooses another. */
export const passwordPage: PageKind<UserToken> = {
  path: '/users/password/:token',
  action: 'pages.resetPassword',
  verify: verifyUser,
  actor: asHolder,
  async show({ context, token }, reader) {
    const opened = await readLink(context, token, 'passwordReset')
    const frame = frameOf(context, opened, reader)
    return opened.status === 'waiting' ? form(frame) : endedPage(frame, opened.status)
  },
  async submit({ context, token, body }, reader) {
    const opened = await readLink(context, token, 'passwordReset')
    const frame = frameOf(context, opened, reader)
    if (opened.status !== 'waiting') return endedPage(frame, opened.status)
    try {
      return done(frame, await resetPassword(context, token, fieldOf(body, 'password')))
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      if (error.code === 'link_ended') return endedPage(frame, 'used')
      if (error.code !== 'invalid') throw error
      return { ...form(frame, frame.words.problems.password), status: 422 }
    }
  },
}

function form(frame: Frame, problem: string | null = null): Page {
  const { language, account, words, address } = frame
  const w = words.password
  const content = html`${problemOf(problem)}
<p class="quiet">${words.for(address)}</p>
<form method="post">
${passwordField(frame)}
<button>${w.button}</button>
</form>`
  return { status: 200, language, account, title: w.title, content }
}

function done(frame: Frame, password: string | undefined): Page {
  const { language, account, words } = frame
  const w = words.password
  const content = html`<p class="done" role="status">${w.done}</p>
${generatedPassword(frame, password)}`
  return { status: 200, language, account, title: w.doneTitle, content }
}
