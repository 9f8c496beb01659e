import type { CompiledContent } from './compile-content.ts'
import { runLiquid } from './run-liquid.ts'
import { REGISTER, type Tracking, type TrackingRegister } from './tracking-tags.ts'

/** What templates can read. Give plain data: only own properties are seen. */
export interface ContentScope {
  contact: object
  account: object
  campaign?: object | null
  data?: object | null
  unsubscribeUrl: string
  preferencesUrl: string
  viewUrl: string
}

export interface RenderedContent {
  subject: string
  html: string | null
  text: string
}

/**
 * Renders a compiled content for one recipient. With `mode: 'off'` nothing in the result can be told from a content that knows no
 * tracking: no pixel, every address byte for byte as written but for what is personal in it, which only stands in a message that is tracked
 * individually. Throws a ContentError when this recipient's data runs into a limit. With `only`, the other parts are empty.
 */
export function renderContent(
  compiled: CompiledContent,
  scope: ContentScope,
  tracking: Tracking,
  only?: 'html',
): RenderedContent {
  const { unsubscribeUrl, preferencesUrl, viewUrl } = scope
  const variables = {
    contact: scope.contact,
    account: scope.account,
    campaign: scope.campaign ?? {},
    data: scope.data ?? {},
    unsubscribeUrl,
    preferencesUrl,
    viewUrl,
  }
  const register: TrackingRegister = {
    tracking,
    links: compiled.links,
    ownUrls: [unsubscribeUrl, preferencesUrl, viewUrl],
  }
  const { liquid } = compiled
  const subject = only === 'html' ? '' : runLiquid(liquid.text, 'subject', compiled.subject, variables)
  const html =
    compiled.html && runLiquid(liquid.html, 'html', compiled.html, variables, { [REGISTER]: register })
  const text =
    only === 'html' ? '' : runLiquid(liquid.text, 'text', compiled.text, variables, { [REGISTER]: register })
  return { subject: oneLine(subject), html, text }
}

/** A line break in a subject would begin a new header field (RFC 5322 §2.2): every run of control characters becomes a space. */
function oneLine(subject: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return subject.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
}
