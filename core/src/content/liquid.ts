/**
 * Liquid, in a sandbox. Customers write the templates and contacts' data flows into them, so:
 *
 * - no file is read: there is no file system behind (`templates: {}`), and the tags that would ask for one do not exist;
 * - only own properties of the given data are seen (`ownPropertyOnly`): no `constructor`, no prototype;
 * - parsing, rendering, memory and output are bounded (limits.ts);
 * - in HTML every output is escaped unless the author says `| raw`; in subjects and plain text nothing is.
 *
 * Filters must exist: a misspelt one is an error when the content is saved, not an unfiltered value in a million messages.
 */
import { Liquid, LiquidError, Tokenizer, TypeGuards } from 'liquidjs'
import { ContentError, type ContentPart, positionAt, RenderTimeoutError } from './content-error.ts'
import { LIMITS } from './limits.ts'

/** Tags that load other templates. */
const LOADING_TAGS = ['include', 'render', 'layout', 'block']
/** Jekyll's filters that evaluate an expression per element: slow enough to turn a big range into seconds. */
const EXPRESSION_FILTERS = [
  'where_exp',
  'reject_exp',
  'group_by_exp',
  'has_exp',
  'find_exp',
  'find_index_exp',
]
/** In plain text there is nothing to escape: text derived from HTML would show `&amp;`. */
const ESCAPING_FILTERS = ['escape', 'escape_once', 'xml_escape']

export type LiquidMode = 'html' | 'text'

export function createLiquid(mode: LiquidMode): Liquid {
  const liquid = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    outputEscape: mode === 'html' ? 'escape' : undefined,
    // A date must not depend on the server's time zone.
    timezoneOffset: 0,
    locale: 'en-US',
    parseLimit: LIMITS.compiledHtml * 2,
    renderLimit: LIMITS.renderMs,
    memoryLimit: LIMITS.renderMemory,
  })
  for (const tag of LOADING_TAGS) delete liquid.tags[tag]
  for (const filter of EXPRESSION_FILTERS) liquid.unregisterFilter(filter)
  if (mode === 'text') for (const filter of ESCAPING_FILTERS) liquid.registerFilter(filter, (value) => value)
  if (mode === 'html') {
    const handler = liquid.filters.escape
    // `{{ x | escape }}` is common in templates written for other systems: it must not escape twice.
    if (typeof handler === 'function') liquid.registerFilter('escape', { handler, raw: true })
  }
  return liquid
}

/** A tag or an output of a template, with its place in the source. */
export interface LiquidToken {
  /** The name of a tag; null for an output. */
  tag: string | null
  begin: number
  end: number
}

/** Finds tags and outputs (not those inside `raw`), and refuses a template that has too many, too long or too deep ones. */
export function readLiquidTokens(liquid: Liquid, part: ContentPart, source: string): LiquidToken[] {
  const found: LiquidToken[] = []
  let depth = 0
  let length = 0
  for (const token of topLevelTokens(liquid, part, source)) {
    const { begin, end } = token
    if (TypeGuards.isHTMLToken(token)) continue
    const refuse = (message: string) => new ContentError(part, message, positionAt(source, begin))
    const tag = TypeGuards.isTagToken(token) ? token.name : null
    if (end - begin > LIMITS.liquidTokenLength) throw refuse('this Liquid tag is too long')
    length += end - begin
    if (length > LIMITS.liquidLength) throw refuse(`more than ${LIMITS.liquidLength} characters of Liquid`)
    if (found.length >= LIMITS.liquidTokens)
      throw refuse(`more than ${LIMITS.liquidTokens} Liquid tags and outputs`)
    if (tag?.startsWith('end')) depth--
    else if (tag && BLOCK_TAGS.has(tag)) depth++
    if (depth > LIMITS.liquidDepth) throw refuse(`Liquid blocks are nested deeper than ${LIMITS.liquidDepth}`)
    found.push({ tag, begin, end })
  }
  return found
}

const BLOCK_TAGS = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture', 'comment', 'raw'])

function topLevelTokens(liquid: Liquid, part: ContentPart, source: string) {
  try {
    return new Tokenizer(source, liquid.options.operators).readTopLevelTokens(liquid.options)
  } catch (error) {
    throw contentErrorOf(error, part)
  }
}

/** The error of a template as a ContentError; anything else comes back as it is. */
export function contentErrorOf(error: unknown, part: ContentPart): unknown {
  if (error instanceof ContentError) return error
  if (error instanceof RangeError)
    return new ContentError(part, 'the result is too large or nested too deeply')
  if (!LiquidError.is(error)) {
    // liquidjs's limits outside of any token are bare assertions.
    return error instanceof Error && error.name === 'AssertionError'
      ? new (classOf(error.message))(part, error.message)
      : error
  }
  const [line = 1, column = 1] = error.token.getPosition()
  const cause = error.originalError ?? error
  if (cause instanceof RangeError) {
    return new ContentError(part, 'the result is too large or nested too deeply', { line, column })
  }
  const message = cause.message.replace(/, line:\d+, col:\d+$/, '')
  return new (classOf(message))(part, message, { line, column })
}

/** What liquidjs says when its `renderLimit` is over; it has no code for that. */
const classOf = (message: string) =>
  message.startsWith('template render limit exceeded') ? RenderTimeoutError : ContentError
