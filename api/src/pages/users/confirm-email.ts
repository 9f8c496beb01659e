import { DomainError } from '@envoi/core'
import { html } from '@envoi/core/html'
import { type UserToken, verifyUser } from '@envoi/core/tracking/token'
import { type Confirmation, confirmEmail } from '@envoi/core/users/confirm-email'
import { readLink } from '@envoi/core/users/read-link'
import type { Page } from '../layout.ts'
import { asHolder, type PageKind } from '../page-kind.ts'
import { endedPage, type Frame, fieldOf, frameOf, problemOf } from './link-page.ts'

/**
 * `/users/confirm/{token}`: whoever opened an account proves the address. GET asks, POST confirms: with the password, or without
 * a field for it, which takes the account over from whoever chose it.
 */
export const confirmEmailPage: PageKind<UserToken> = {
  path: '/users/confirm/:token',
  action: 'pages.confirmEmail',
  verify: verifyUser,
  actor: asHolder,
  async show({ context, token }, reader) {
    const opened = await readLink(context, token, 'confirmEmail')
    return page(frameOf(context, opened, reader), opened)
  },
  async submit({ context, token, body }, reader) {
    const opened = await readLink(context, token, 'confirmEmail')
    const frame = frameOf(context, opened, reader)
    const isLeftEmpty = hasPasswordField(body) && fieldOf(body, 'password') === undefined
    if (opened.status === 'waiting' && isLeftEmpty) return asked(frame, frame.words.problems.wrongPassword)
    try {
      return page(frame, await confirmEmail(context, token, fieldOf(body, 'password')))
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'invalid') throw error
      return asked(frame, frame.words.problems.wrongPassword)
    }
  },
}

const hasPasswordField = (body: unknown) =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, 'password')

function page(frame: Frame, { status, passwordUrl }: Confirmation): Page {
  switch (status) {
    case 'waiting':
      return asked(frame)
    case 'used':
      return confirmed(frame, passwordUrl)
    case 'expired':
      return endedPage(frame, status)
  }
}

/** Two ways to say yes: as whoever has opened the account, or as somebody in whose name it was opened. */
function asked({ language, account, words, platform, address }: Frame, problem: string | null = null): Page {
  const w = words.confirmEmail
  const content = html`${problemOf(problem)}
<p>${w.asked(platform)}</p>
<p class="quiet">${words.for(address)}</p>
<form method="post">
<div class="field">
<label for="password">${w.password}</label>
<input type="password" id="password" name="password" autocomplete="current-password" maxlength="128" required>
</div>
<button>${w.button}</button>
</form>
<form method="post">
<p class="more quiet">${w.unknown}</p>
<button>${w.takeOver}</button>
</form>
<p class="more quiet">${w.ignore}</p>`
  return { status: problem === null ? 200 : 422, language, account, title: w.title, content }
}

function confirmed({ language, account, words }: Frame, passwordUrl: string | undefined): Page {
  const w = words.confirmEmail
  const content =
    passwordUrl === undefined
      ? html`<p class="done" role="status">${w.done}</p>`
      : html`<p class="done" role="status">${w.taken}</p>
<p><a href="${passwordUrl}">${w.choose}</a></p>`
  return { status: 200, language, account, title: w.doneTitle, content }
}
