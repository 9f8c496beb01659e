/** What the pages behind links in mails to users have in common. */

import type { Context } from '@envoi/core'
import { DomainError } from '@envoi/core'
import { recognisableAddress } from '@envoi/core/contacts/mask'
import { html } from '@envoi/core/html'
import type { OpenedLink } from '@envoi/core/users/read-link'
import type { Page } from '../layout.ts'
import type { Reader } from '../page-kind.ts'
import { type UserWords, userWords } from './words.ts'

/** A page of the platform, in the language of who reads it. */
export interface Frame extends Pick<Page, 'language' | 'account'> {
  words: UserWords
  platform: string
  /** For whom, as far as a link that may be forwarded can tell. */
  address: string
}

export function frameOf(context: Context, { account, user }: OpenedLink, reader: Reader): Frame {
  // a user has no language but that of the account
  const { language } = reader({ contact: { locale: null }, account })
  const { name } = context.settings.mailFrom
  return {
    language,
    account: { name, legal: null },
    words: userWords[language],
    platform: name,
    address: recognisableAddress(user.email),
  }
}

/** For a link that has had its day. */
export function endedPage({ language, account, words }: Frame, status: 'used' | 'expired'): Page {
  const w = status === 'used' ? [words.usedTitle, words.used] : [words.expiredTitle, words.expired]
  return { status: 410, language, account, title: w[0] ?? '', content: html`<p>${w[1] ?? ''}</p>` }
}

/** What was wrong with what was sent, in words. */
export const problemOf = (text: string | null) =>
  text !== null && html`<p class="problem" role="alert">${text}</p>`

export const passwordField = ({ words: { password: w } }: Frame) => html`<div class="field">
<label for="password">${w.label}</label>
<input type="password" id="password" name="password" autocomplete="new-password" minlength="8" maxlength="128" aria-describedby="password-hint">
<span class="quiet" id="password-hint">${w.hint}</span>
</div>`

/** Shown once. */
export const generatedPassword = ({ words: { password: w } }: Frame, password: string | undefined) =>
  password !== undefined && html`<p>${w.generated}</p>\n<blockquote class="secret">${password}</blockquote>`

/**
 * A field of a form; undefined when it was left empty, or sent more than once.
 *
 * @throws DomainError `malformed` when it is not UTF-8: passwords that cannot be read would be alike
 */
export function fieldOf(body: unknown, name: string): string | undefined {
  const value =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name)
      ? (body as Record<string, unknown>)[name]
      : undefined
  if (typeof value === 'string' && value.includes('\ufffd')) throw new DomainError('malformed')
  return typeof value === 'string' && value !== '' ? value : undefined
}
