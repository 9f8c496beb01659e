import { DomainError } from '@envoi/core'
import { html } from '@envoi/core/html'
import { harmlessName } from '@envoi/core/system-mails/harmless-name'
import { type UserToken, verifyUser } from '@envoi/core/tracking/token'
import { acceptInvitation } from '@envoi/core/users/accept-invitation'
import { type OpenedLink, readLink } from '@envoi/core/users/read-link'
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

/** `/users/invitation/{token}`: who was invited says who they are and chooses a password. */
export const invitationPage: PageKind<UserToken> = {
  path: '/users/invitation/:token',
  action: 'pages.acceptInvitation',
  verify: verifyUser,
  actor: asHolder,
  async show({ context, token }, reader) {
    const opened = await readLink(context, token, 'invitation')
    const frame = frameOf(context, opened, reader)
    return opened.status === 'waiting' ? form(frame, opened, opened.user) : endedPage(frame, opened.status)
  },
  async submit({ context, token, body }, reader) {
    const opened = await readLink(context, token, 'invitation')
    const frame = frameOf(context, opened, reader)
    if (opened.status !== 'waiting') return endedPage(frame, opened.status)
    const given = { firstName: fieldOf(body, 'firstName') ?? '', lastName: fieldOf(body, 'lastName') ?? '' }
    try {
      const { password } = await acceptInvitation(context, token, {
        ...given,
        password: fieldOf(body, 'password'),
      })
      return done(frame, opened, password)
    } catch (error) {
      if (error instanceof DomainError && error.code === 'link_ended') return endedPage(frame, 'used')
      return { ...form(frame, opened, given, problemIn(frame, error)), status: 422 }
    }
  },
}

type Names = { firstName: string; lastName: string }

/** In words; what is none of the person's doing goes on as an error. */
function problemIn({ words: { problems } }: Frame, error: unknown): string {
  if (error instanceof DomainError && error.code === 'conflict') return problems.taken
  const pointer =
    error instanceof DomainError && error.code === 'invalid' ? error.fields[0]?.pointer : undefined
  if (pointer === '/firstName') return problems.firstName
  if (pointer === '/lastName') return problems.lastName
  if (pointer === '/password') return problems.password
  throw error
}

function form(frame: Frame, { account: of }: OpenedLink, names: Names, problem: string | null = null): Page {
  const { language, account, words, address } = frame
  const w = words.invitation
  const field = (name: keyof Names, label: string, autocomplete: string) => html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" value="${names[name]}" required maxlength="100" autocomplete="${autocomplete}">
</div>`
  const content = html`${problemOf(problem)}
<p>${w.asked(harmlessName(of))}</p>
<p class="quiet">${words.for(address)}</p>
<form method="post">
${field('firstName', w.firstName, 'given-name')}
${field('lastName', w.lastName, 'family-name')}
${passwordField(frame)}
<button>${w.button}</button>
</form>`
  return { status: 200, language, account, title: w.title, content }
}

function done(frame: Frame, { account: of }: OpenedLink, password: string | undefined): Page {
  const { language, account, words } = frame
  const w = words.invitation
  const content = html`<p class="done" role="status">${w.done(harmlessName(of))}</p>
${generatedPassword(frame, password)}`
  return { status: 200, language, account, title: w.doneTitle, content }
}
