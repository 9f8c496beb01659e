import { Html, html } from '@envoi/core/html'
import type { Language } from '@envoi/core/languages'
import { identityLine, plainName } from '@envoi/core/plain-name'
import { style } from './style.ts'
import { words } from './words.ts'

export interface Page {
  status: number
  language: Language
  title: string
  content: Html
  /** Whose page it is; null while nobody may know. */
  account: { name: string; legal: unknown } | null
}

/** A message, shown as it is: a whole document that a customer wrote. */
export interface Letter {
  status: number
  language: Language
  letter: string
}

/** The whole document around a page. */
export function layout({ language, title, content, account }: Page): string {
  const { other, noCookies } = words[language]
  const document = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${account === null ? title : `${title} · ${plainName(account)}`}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>${account !== null && brand(plainName(account))}</header>
<main><div class="card">
<h1>${title}</h1>
${content}
</div></main>
<footer>
${account !== null && identity(account)}
<p>${noCookies}</p>
<p><a href="?lang=${other.language}" hreflang="${other.language}" lang="${other.language}">${other.label}</a></p>
</footer>
</body>
</html>`
  return document.toString()
}

/** The name, behind its initial: a page is recognised by it, without loading a picture. */
function brand(name: string) {
  const [initial = ''] = name
  return html`<p><span aria-hidden="true">${initial.toUpperCase()}</span>${name}</p>`
}

function identity(account: { legal: unknown }) {
  const line = identityLine(account)
  return line === null ? null : html`<p>${line}</p>`
}
