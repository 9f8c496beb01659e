import type { IncomingHttpHeaders } from 'node:http'
import type { Actor, Context } from '@envoi/core'
import type { Language } from '@envoi/core/languages'
import type { TokenKeys } from '@envoi/core/tracking/token'
import type { Letter, Page } from './layout.ts'
import type { Words } from './words.ts'

interface Visit<Token> {
  /** As whom the page is about: what is done is recorded as theirs. */
  context: Context
  token: Token
  keys: TokenKeys
  headers: IncomingHttpHeaders
  body: unknown
}

/** Which language to speak to whom a page is about. */
export type Reader = (about: { contact: { locale: string | null }; account: { locale: string } }) => {
  language: Language
  words: Words
}

export interface PageKind<Token extends { accountId: string }> {
  path: string
  /** What the audit log calls what is done here. */
  action: string
  verify(keys: TokenKeys, token: string): Token | null
  /** Who acts, whoever holds the link. */
  actor(token: Token): Actor
  show(visit: Visit<Token>, reader: Reader): Promise<Page | Letter>
  /** Without it there is nothing to do here. */
  submit?(visit: Visit<Token>, reader: Reader): Promise<Page>
}

export const asContact = ({ contactId }: { contactId: string }): Actor => ({ type: 'contact', id: contactId })

/** Whoever holds a link in a mail to a user: who that is shows when the link is read, and is recorded then. */
export const asHolder = (): Actor => ({ type: 'system', id: null })
