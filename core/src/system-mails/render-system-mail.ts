/**
 * The one form of all mails of the platform: HTML that needs no image, no web font, no script, and its counterpart in text.
 * Tables and inline styles, because that is what mail programs understand; the style sheet holds what only some of them do: a
 * dark scheme.
 */
import { Html, html } from '../html.ts'
import { identityLine, plainName } from '../plain-name.ts'
import type { SystemMail } from './system-mail.ts'

export function renderSystemMail(mail: SystemMail): { subject: string; html: string; text: string } {
  return { subject: mail.subject, html: htmlOf(mail), text: textOf(mail) }
}

function textOf({ title, paragraphs, facts = [], action, notes, author }: SystemMail): string {
  const identity = identityLine(author)
  return [
    title,
    ...paragraphs,
    ...(facts.length === 0
      ? []
      : [facts.map(({ label, value }) => `${label}: ${oneLine(value)}`).join('\n')]),
    ...(action === null ? [] : [`${action.label}\n${action.url}`]),
    ...notes,
    // the separator of signatures (RFC 3676, section 4.3)
    ['-- ', plainName(author), ...(identity === null ? [] : [identity])].join('\n'),
  ].join('\n\n')
}

/** What a browser says of itself, or a person typed, stays on its line. */
const oneLine = (value: string) => plainName({ name: value })

const font = "font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;"
const ink = `${font} color: #1d2226;`
const quiet = `${font} color: #565e66;`

const style = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #14181b !important; }
  .card { background: #1c2125 !important; border-color: #343b41 !important; }
  .ink { color: #e8eaec !important; }
  .quiet, .quiet a { color: #a5adb5 !important; }
  .rule { border-color: #343b41 !important; }
  .button { background: #6fc9b8 !important; }
  .button a { color: #0d1f1c !important; }
}
@media (max-width: 480px) {
  .card { padding: 28px 22px !important; }
  .action { width: 100% !important; }
  .button a { display: block !important; text-align: center !important; }
}
`

function htmlOf({
  language,
  subject,
  preview,
  title,
  paragraphs,
  facts = [],
  action,
  notes,
  author,
}: SystemMail): string {
  const identity = identityLine(author)
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>${new Html(style)}</style>
</head>
<body class="ground" style="margin: 0; padding: 0; background: #f5f4f0; word-break: break-word;">
<div style="display: none; max-height: 0; overflow: hidden;">${preview}</div>
<div role="article" aria-roledescription="email" aria-label="${subject}" lang="${language}">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="background: #f5f4f0;">
<tr><td align="center" style="padding: 32px 16px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width: 560px;">
<tr><td class="ink" style="${ink} padding: 0 4px 16px; font-size: 16px; line-height: 24px; font-weight: 600;">${plainName(author)}</td></tr>
<tr><td class="card" style="background: #ffffff; border: 1px solid #dedbd2; border-radius: 16px; padding: 36px;">
<h1 class="ink" style="${ink} margin: 0 0 16px; font-size: 26px; line-height: 32px; font-weight: 650; letter-spacing: -0.3px;">${title}</h1>
${paragraphs.map((text) => html`<p class="ink" style="${ink} margin: 0 0 16px; font-size: 17px; line-height: 27px;">${text}</p>\n`)}
${facts.length > 0 && particulars(facts)}
${action !== null && button(action)}
${notes.map((text) => html`<p class="quiet" style="${quiet} margin: 0 0 12px; font-size: 15px; line-height: 24px;">${text}</p>\n`)}
${action !== null && inWords(action)}
</td></tr>
${identity !== null && html`<tr><td class="quiet" style="${quiet} padding: 18px 4px 0; font-size: 13px; line-height: 20px;">${identity}</td></tr>`}
</table>
</td></tr>
</table>
</div>
</body>
</html>`.toString()
}

const particulars = (facts: NonNullable<SystemMail['facts']>) =>
  html`<table role="presentation" class="rule" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin: 4px 0 24px; border-top: 1px solid #dedbd2;">
${facts.map(({ label, value }) => html`<tr><td class="rule" style="padding: 10px 0; border-bottom: 1px solid #dedbd2;"><div class="quiet" style="${quiet} font-size: 14px; line-height: 20px;">${label}</div><div class="ink" style="${ink} font-size: 16px; line-height: 24px;">${oneLine(value)}</div></td></tr>\n`)}
</table>`

type Action = NonNullable<SystemMail['action']>

const button = ({ label, url }: Action) =>
  html`<table role="presentation" class="action" cellpadding="0" cellspacing="0" border="0" style="margin: 28px 0 30px; min-width: 200px;">
<tr><td class="button" align="center" style="background: #0d6b5e; border-radius: 12px;"><a href="${url}" style="${font} display: inline-block; padding: 14px 28px; font-size: 17px; line-height: 24px; font-weight: 600; color: #ffffff; text-decoration: none;">${label}</a></td></tr>
</table>`

/** The address of the button, for who cannot use it. */
const inWords = ({ url, otherwise }: Action) =>
  html`<p class="quiet rule" style="${quiet} margin: 22px 0 0; padding: 18px 0 0; border-top: 1px solid #dedbd2; font-size: 13px; line-height: 20px;">${otherwise}<br><a href="${url}" style="color: #565e66; word-break: break-all;">${url}</a></p>`
