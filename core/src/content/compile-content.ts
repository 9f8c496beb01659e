import type { Liquid, Template } from 'liquidjs'
import { checkDepth } from './check-depth.ts'
import { type CheckedLiquid, checkLiquid } from './check-liquid.ts'
import { checkMjml } from './check-mjml.ts'
import type { CompileMjml } from './compile-mjml.ts'
import { ContentError, type ContentPart, type ContentWarning, positionAt } from './content-error.ts'
import { deriveText } from './derive-text.ts'
import { flatten } from './flatten.ts'
import { identifyingAddresses, withoutIdentifyingAddresses } from './identifying-addresses.ts'
import { registerIdentifyingTags } from './identifying-tag.ts'
import { GMAIL_CLIPPING_BYTES, LIMITS } from './limits.ts'
import { contentErrorOf, createLiquid } from './liquid.ts'
import { blankLiquid, lostTokens, type Masked, maskLiquid, unmaskLiquid } from './mask-liquid.ts'
import { trackLinks } from './track-links.ts'
import { type CompiledLink, registerTrackingTags } from './tracking-tags.ts'

/** A content as its author gives it: MJML or HTML, or neither (SMS, plain mail); text is derived from the HTML when absent. */
export interface ContentSource {
  subject: string
  mjml?: string | null
  html?: string | null
  text?: string | null
}

export interface CompileOptions {
  /** Needed for MJML. */
  compileMjml?: CompileMjml
  /** Keys of the account's declared fields; without them, any `contact.attributes.…` is taken for known. */
  fields?: readonly string[]
}

/** A content ready to be rendered for any number of recipients. It lives in memory only. */
export interface CompiledContent {
  subject: Template[]
  html: Template[] | null
  text: Template[]
  /** The engines that parsed them. */
  liquid: { html: Liquid; text: Liquid }
  links: readonly CompiledLink[]
  /** Which of our own links its HTML has, in the address of a link: `unsubscribeUrl`, `preferencesUrl`, `viewUrl`. */
  ownLinks: ReadonlySet<string>
  /** The responsive HTML with its Liquid, without any tracking: what a template exports. */
  htmlSource: string | null
  warnings: ContentWarning[]
}

/**
 * Compiles a content. Only for threads (`content-thread.ts`): elsewhere `run-content.ts` has it done. Throws a ContentError for
 * whatever cannot be sent; what can be sent but should not comes back in `warnings`.
 */
export async function compileContent(
  source: ContentSource,
  options: CompileOptions = {},
): Promise<CompiledContent> {
  checkSizes(source)
  const liquid = { html: createLiquid('html'), text: createLiquid('text') }
  const subject = checkLiquid(liquid.text, 'subject', source.subject, options.fields)
  const markup = await checkMarkup(liquid.html, source, options)
  const warnings = [...subject.warnings, ...(markup?.warnings ?? [])]

  let html: Template[] | null = null
  let links: CompiledLink[] = []
  let ownLinks = new Set<string>()
  if (markup) {
    const identifying = identifyingAddresses(markup.part, markup.masked)
    const tracked = trackLinks(liquid.html, markup.part, markup.masked, identifying)
    registerTrackingTags(liquid.html)
    registerIdentifyingTags(liquid.html)
    warnings.push(...identifying.warnings)
    html = flatten('html', tracked.source, parse(liquid.html, markup.part, tracked.source))
    links = tracked.links
    // what stands in a comment of Liquid is a link to the tokenizer, but no variable
    ownLinks = new Set([...tracked.ownLinks].filter((own) => markup.variables.has(own)))
    warnings.push(...sendingWarnings(markup, ownLinks))
  }

  let text: Template[]
  if (source.text) {
    const checked = checkLiquid(liquid.text, 'text', source.text, options.fields)
    warnings.push(...checked.warnings)
    const shown = Array.from(source.text.matchAll(/\{\{-?\s*([\w-]+)/g), ([, name]) => name)
    if (!shown.includes('unsubscribeUrl') || !checked.variables.has('unsubscribeUrl'))
      warnings.push(unsubscribeMissing('text'))
    registerIdentifyingTags(liquid.text)
    const masked = maskLiquid('text', source.text, checked.tokens)
    const identifying = withoutIdentifyingAddresses('text', masked)
    warnings.push(...identifying.warnings)
    const gated = unmaskLiquid(identifying.source, masked)
    text = flatten('text', gated, parse(liquid.text, 'text', gated))
  } else if (markup) {
    registerIdentifyingTags(liquid.text)
    text = deriveTemplates(liquid.text, markup.masked)
  } else {
    throw new ContentError('text', 'a content has MJML, HTML or text')
  }
  const htmlSource = markup ? unmaskLiquid(markup.masked.markup, markup.masked) : null
  return {
    subject: flatten('text', source.subject, subject.templates),
    html,
    text,
    liquid,
    links,
    ownLinks,
    htmlSource,
    warnings,
  }
}

interface Markup extends CheckedLiquid {
  part: ContentPart
  /** HTML, its Liquid masked. */
  masked: Masked
}

async function checkMarkup(
  liquid: Liquid,
  source: ContentSource,
  options: CompileOptions,
): Promise<Markup | null> {
  if (source.mjml && source.html) throw new ContentError('mjml', 'a content has MJML or HTML, not both')
  if (source.html) {
    const checked = checkLiquid(liquid, 'html', source.html, options.fields)
    const masked = maskLiquid('html', source.html, checked.tokens)
    checkDepth('html', blankLiquid(source.html, masked))
    return { ...checked, part: 'html', masked }
  }
  if (!source.mjml) return null

  const checked = checkLiquid(liquid, 'mjml', source.mjml, options.fields)
  const masked = maskLiquid('mjml', source.mjml, checked.tokens)
  const blank = blankLiquid(source.mjml, masked)
  checkDepth('mjml', blank)
  checkMjml(blank)
  if (options.compileMjml === undefined) throw new TypeError('MJML needs a compiler')
  const { html, findings } = await options.compileMjml(masked.markup)
  if (html.length > LIMITS.compiledHtml) throw new ContentError('mjml', 'the HTML of this MJML is too large')
  const lost = lostTokens(html, masked).find(
    ({ tag }) => tag !== null && tag !== 'comment' && tag !== 'endcomment',
  )
  if (lost) {
    const message = `MJML drops ${lost.text.slice(0, 60)} here: put it inside <mj-raw> or a text component`
    throw new ContentError('mjml', message, positionAt(source.mjml, lost.begin))
  }
  const warnings: ContentWarning[] = findings.map(({ line, message }) => {
    return { code: 'mjml_invalid', part: 'mjml', message: unmaskLiquid(message, masked), line }
  })
  const compiled = { markup: html, tokens: masked.tokens }
  return { ...checked, part: 'mjml', masked: compiled, warnings: [...checked.warnings, ...warnings] }
}

function deriveTemplates(liquid: Liquid, masked: Masked): Template[] {
  try {
    const source = deriveText(masked)
    return flatten('text', source, liquid.parse(source))
  } catch {
    // Liquid blocks that begin inside a tag of the HTML and end outside of it have no counterpart in text.
    throw new ContentError('text', 'no plain text can be derived from this HTML: give one')
  }
}

function parse(liquid: Liquid, part: ContentPart, source: string): Template[] {
  try {
    return liquid.parse(source)
  } catch (error) {
    throw contentErrorOf(error, part)
  }
}

function sendingWarnings({ part, masked }: Markup, ownLinks: ReadonlySet<string>): ContentWarning[] {
  const warnings: ContentWarning[] = []
  if (!ownLinks.has('unsubscribeUrl')) warnings.push(unsubscribeMissing(part))
  const bytes = Buffer.byteLength(unmaskLiquid(masked.markup, masked))
  if (bytes > GMAIL_CLIPPING_BYTES) {
    const message = `the HTML has ${Math.ceil(bytes / 1024)} kB; Gmail hides what comes after 102 kB`
    warnings.push({ code: 'size_over_clipping_limit', part, message })
  }
  return warnings
}

function unsubscribeMissing(part: ContentPart): ContentWarning {
  return { code: 'unsubscribe_link_missing', part, message: 'there is no link to {{ unsubscribeUrl }}' }
}

function checkSizes(source: ContentSource): void {
  for (const part of ['subject', 'mjml', 'html', 'text'] as const) {
    const limit = LIMITS.source[part]
    if ((source[part]?.length ?? 0) > limit) throw new ContentError(part, `longer than ${limit} characters`)
  }
}
