import { createHash } from 'node:crypto'

/**
 * The one style sheet of the public pages, inlined: a page is one answer, and names no other resource. Contrasts are at least
 * 4.5:1 in both schemes (WCAG 2.2, 1.4.3), targets at least 44 pixels high (2.5.8).
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f5f4f0; --card: #fff; --ink: #1d2226; --quiet: #565e66; --line: #dedbd2;
  --accent: #0d6b5e; --accent-ink: #fff; --accent-soft: #e7f2ef; --wrong: #a3291f; --shade: 0 1px 2px #1d22260d, 0 12px 32px -16px #1d222633;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181b; --card: #1c2125; --ink: #e8eaec; --quiet: #a5adb5; --line: #343b41;
    --accent: #6fc9b8; --accent-ink: #0d1f1c; --accent-soft: #1f302d; --wrong: #ff9d94; --shade: none;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: anywhere;
}
header, main, footer { width: 100%; max-width: 36rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: clamp(1.5rem, 8vh, 4.5rem); padding-bottom: 1.25rem; }
header p { display: flex; align-items: center; gap: .75rem; margin: 0; font-weight: 600; letter-spacing: .005em; line-height: 1.35; }
header span {
  flex: none; width: 2.25rem; height: 2.25rem; border-radius: .625rem; background: var(--accent); color: var(--accent-ink);
  display: grid; place-items: center; font-weight: 700;
}
main { flex: 1; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 2rem; box-shadow: var(--shade);
}
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.25; letter-spacing: -.012em; font-weight: 650; text-wrap: balance; }
h2 { margin: 2.25rem 0 .5rem; font-size: 1.125rem; line-height: 1.3; font-weight: 650; }
p { margin: 0 0 1rem; text-wrap: pretty; }
.card > :last-child { margin-bottom: 0; }
.quiet { color: var(--quiet); font-size: .9375rem; }
.done { display: flex; gap: .75rem; padding: .875rem 1rem; border-radius: .75rem; background: var(--accent-soft); margin: 0 0 1.5rem; }
.done::before { content: "\\2713"; color: var(--accent); font-weight: 700; }
blockquote { margin: 0 0 1.25rem; padding: .875rem 1.125rem; border-radius: .75rem; background: var(--ground); white-space: pre-line; }
a { color: var(--accent); text-underline-offset: .18em; }
button {
  font: inherit; font-weight: 600; min-height: 2.875rem; padding: .55rem 1.5rem; border: 0; border-radius: .75rem;
  background: var(--accent); color: var(--accent-ink); cursor: pointer;
}
button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
a:focus-visible, input:focus-visible { border-radius: .25rem; }
form { margin: 1.5rem 0 0; }
fieldset { border: 0; border-top: 1px solid var(--line); margin: 0; padding: 1.25rem 0; min-width: 0; }
legend { float: left; width: 100%; padding: 0; font-weight: 600; }
legend + * { clear: both; }
fieldset > p { margin: 0 0 .5rem; }
fieldset > .quiet { margin: .375rem 0 0; }
.choice { display: flex; gap: .75rem; align-items: flex-start; padding: .5rem 0; min-height: 2.75rem; }
.choice input { flex: none; width: 1.375rem; height: 1.375rem; margin: .15rem 0 0; accent-color: var(--accent); }
.choice label { display: block; cursor: pointer; }
.choice .quiet { display: block; margin: 0; white-space: pre-line; }
.field { margin: 0 0 1.25rem; }
.field label { display: block; font-weight: 600; margin: 0 0 .25rem; }
.field input {
  font: inherit; width: 100%; min-height: 2.875rem; padding: .5rem .75rem; border: 1px solid var(--quiet); border-radius: .625rem;
  background: var(--card); color: var(--ink);
}
.field .quiet { display: block; margin: .375rem 0 0; }
.problem { padding: .875rem 1rem; border-radius: .75rem; border: 2px solid var(--wrong); color: var(--wrong); margin: 0 0 1.5rem; }
.secret { font: 1.25rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.save { border-top: 1px solid var(--line); margin-top: 1.25rem; padding-top: 1.5rem; }
.more { margin: 1.5rem 0 0; }
.more + .more { margin-top: .75rem; }
footer { padding-top: 1.5rem; padding-bottom: 2.5rem; color: var(--quiet); font-size: .875rem; }
footer p { margin: 0 0 .25rem; }
footer a { color: inherit; }
@media (max-width: 30rem) {
  .card { padding: 1.5rem 1.25rem; }
  button { width: 100%; }
}
@media (forced-colors: active) { .card, button, header span { border: 1px solid; } }
`

const hash = createHash('sha256').update(style).digest('base64')

/** Nothing is loaded, nothing runs, nobody frames it, and its form goes nowhere else. */
export const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

/**
 * For a message that a customer wrote: pictures and styles as in a mail program, and nothing else. The sandbox gives it an origin of
 * its own, without scripts, forms or refreshes; links may open a window, which is then an ordinary one.
 */
export const letterPolicy = `default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline' https:; font-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox`
