/** What of a content passes the gate of individual tracking, spot by spot, and what is put around it (identifying-addresses.ts). */
import { decodeHTMLAttribute } from 'entities'
import { computedMarkup } from './active-content.ts'
import { fixedLinks, linkStretches, type Running, type Stretch } from './auto-links.ts'
import { conditionalRanges, type FixedLink } from './conditional-ranges.ts'
import type { ContentPart, ContentWarning } from './content-error.ts'
import { cssLoads, importsSheets, readsMessage } from './css-loads.ts'
import { ADDRESS_TAG, MARKUP_TAG, UNLINKED_TAG, WITHHELD_TAG } from './identifying-tag.ts'
import { MadeUpText } from './made-up-text.ts'
import { type Masked, rawRanges, unmaskLiquid, withoutMasks } from './mask-liquid.ts'
import { type PersonalTokens, personalTokens } from './personal-tokens.ts'
import type { Spot } from './read-spots.ts'
import { requireWhole } from './require-whole.ts'

export interface Edit {
  offset: number
  insert: string
  /** Of two at one offset, ends come before beginnings. */
  isEnd: boolean
}

type Attribute = Extract<Spot, { kind: 'attribute' }>

/** Attributes that lead nowhere; of all others what is personal is left out, for nobody knows all that load something. */
const harmless =
  /^(?:alt|title|lang|dir|width|height|align|valign|role|name|label|summary|placeholder|value|colspan|rowspan|border|bgcolor|color|aria-[\w-]+|data-.+)$/
/** They load or lead to whatever stands in them. */
const leading =
  /^(?:(?:[\w-]+:)?(?:src|href)|srcset|background|poster|action|data|cite|longdesc|lowsrc|dynsrc|imagesrcset)$/
/** Of an element that loads something, they say when, or whether. */
const calling =
  /^(?:as|autoplay|charset|controls|crossorigin|disabled|fetchpriority|hidden|imagesizes|integrity|is|loading|media|popover|preload|rel|sizes|type|usemap)$/i
/** They open a program of the reader's, with what they read beside it. */
const ownProgram = /^\s*(?:mailto|tel|sms):/i
/** What is in the message itself, or names a language of markup. */
const within = /^\s*(?:#|cid:|data:|$)/i
const ownAddress = /^\s*\{\{-?\s*(?:unsubscribeUrl|preferencesUrl|viewUrl)\s*-?\}\}/
const mask = /\uFDD0(\d+)\uFDD1/g
const firstMask = /\uFDD0\d+\uFDD1/
/** What Liquid keeps outside of all variables cannot be blanked. */
const stateful = /\b(?:increment|decrement|cycle|continue)\b/

/** Reads the spots of one part, each by its kind; what it finds comes out as edits of the masked markup, and as warnings. */
export class Gates {
  private readonly wraps: { tag: string; args: string; begin: number; end: number }[] = []
  readonly conditionalValues = new Set<number>()
  readonly personal: PersonalTokens
  private readonly part: ContentPart
  private readonly masked: Masked
  private readonly found = new Set<string>()
  private readonly running: Running
  private readonly blanked: string
  private readonly raw: { begin: number; end: number }[]
  private readonly hasConditionalMarkup: boolean
  /** Tags, by where they begin, of which the contact decides whether what they name is loaded. */
  private readonly decided = new Set<number>()

  constructor(part: ContentPart, masked: Masked, spots: readonly Spot[]) {
    this.part = part
    this.masked = masked
    this.personal = personalTokens(masked)
    const texts = spots.length === 0 ? [{ begin: 0, end: masked.markup.length }] : spots.filter(isText)
    const links = [
      ...spots.flatMap((spot) => this.linkOf(spot)),
      ...texts.flatMap((one) => fixedLinks(masked, one)),
    ]
    const from = this.decidedFrom(spots)
    const conditional = conditionalRanges(this.personal, spots, links, from)
    this.running = {
      masked,
      madeUp: new MadeUpText(masked),
      personal: this.personal.numbers,
      conditional,
    }
    this.blanked = [...this.personal.names].map((name) => ` ${encodeURIComponent(name)}`).join('')
    this.raw = rawRanges(masked.markup, masked)
    this.hasConditionalMarkup = spots.some(
      ({ kind, begin, end }) => kind === 'tag' && conditional.overlaps(begin, end),
    )
    for (const spot of spots) if (this.decides(spot)) this.decided.add(spot.tagBegin)
  }

  warnings(): ContentWarning[] {
    return [...this.found].slice(0, 20).map((message) => ({
      code: 'identifying_address',
      part: this.part,
      message,
    }))
  }

  computedMarkup(spot: Spot): ContentWarning[] {
    return computedMarkup(this.part, spot, this.masked, this.personal, this.running.conditional.overlaps)
  }

  readAttribute(spot: Attribute, written: string): void {
    const { begin, end, nameBegin, element, attribute } = spot
    const text = this.masked.markup.slice(begin, end)
    const isConditional = this.running.conditional.overlaps(nameBegin, begin + 1)
    if (harmless.test(attribute)) {
      const mayEnd = this.isUnquoted(spot) ? firstMask.test(text) : this.tokensIn(text).some(isMarkup)
      if (mayEnd && (isConditional || this.isPersonal(text))) {
        this.found.add(`the ${attribute} of <${element}> may bring markup along`)
        this.wrap(WITHHELD_TAG, begin, end)
      }
      return
    }
    if (attribute === 'href' && ownProgram.test(decodeHTMLAttribute(withoutMasks(text)))) return
    const isPersonal = this.isPersonal(text)
    if (ownAddress.test(written) && !this.isPersonal(text.replace(firstMask, ''))) return
    const where = `the ${attribute} of <${element}>`
    const isCalledFor = isConditional || (this.decided.has(spot.tagBegin) && leading.test(attribute))
    if (isCalledFor && this.isConditional(spot, text)) {
      this.found.add(`whether ${where} is there depends on the contact`)
      this.withholdAttribute(spot, text, isPersonal)
    } else if (isSheet(spot, text) && this.personal.numbers.size > 0) {
      this.found.add('a style sheet from elsewhere may load something by what the message says')
      this.wrap(WITHHELD_TAG, begin, end)
    } else if (isPersonal) {
      requireWhole(this.part, text, written, this.masked)
      this.found.add(`${where} is computed from the contact`)
      if (this.tokensIn(text).some(({ tag, text: tag_ }) => tag !== null && stateful.test(tag_)))
        this.wrap(WITHHELD_TAG, begin, end, instead(element))
      else this.wrap(ADDRESS_TAG, begin, end, this.blanked)
    }
  }

  /** A sheet that is there for some only, or that loads what a condition elsewhere may call for. */
  readStyle({ begin, end }: Spot): void {
    const { markup } = this.masked
    const text = markup.slice(begin, end)
    const { conditional } = this.running
    const loads = this.loadsOf(text).map((load) => ({ begin: begin + load.begin, end: begin + load.end }))
    const isReading = this.hasConditionalMarkup || this.readsContact(text)
    for (const piece of betweenTags(this.masked, begin, end)) {
      if (conditional.overlaps(piece.begin, piece.end)) {
        this.found.add('whether a <style> is there depends on the contact')
        this.wrap(WITHHELD_TAG, piece.begin, piece.end)
        continue
      }
      if (isReading)
        for (const load of loads) {
          const from = Math.max(load.begin, piece.begin)
          const to = Math.min(load.end, piece.end)
          if (from >= to) continue
          this.found.add('a <style> may load something by what the message says')
          this.wrap(WITHHELD_TAG, from, to)
        }
      else
        for (const { 0: one, 1: number, index } of markup.slice(piece.begin, piece.end).matchAll(mask)) {
          if (!this.personal.numbers.has(Number(number))) continue
          this.found.add('a <style> is computed from the contact')
          this.wrap(ADDRESS_TAG, piece.begin + index, piece.begin + index + one.length, this.blanked)
        }
    }
  }

  /** All of a sheet when Liquid puts out what loads something. */
  private loadsOf(text: string): { begin: number; end: number }[] {
    const loads = cssLoads(text)
    if (!firstMask.test(text)) return loads
    const written = this.running.madeUp.expand(text)
    return cssLoads(written).length === loads.length ? loads : [{ begin: 0, end: text.length }]
  }

  private readsContact(text: string): boolean {
    if (this.personal.numbers.size === 0) return false
    return [withoutMasks(text), this.running.madeUp.expand(text)].some(
      (sheet) => readsMessage(sheet) || importsSheets(sheet),
    )
  }

  private decides(spot: Spot): spot is Extract<Spot, { tagBegin: number }> {
    const { overlaps } = this.running.conditional
    if (spot.kind === 'attribute')
      return calling.test(spot.attribute) && overlaps(spot.nameBegin, spot.begin + 1)
    if (spot.kind !== 'tag') return false
    return [...this.masked.markup.slice(spot.begin, spot.end).matchAll(/[a-z-]+/gi)].some(
      ({ 0: name, index }) =>
        calling.test(name) && overlaps(spot.begin + index, spot.begin + index + name.length),
    )
  }

  /** Where a person's data stands in what decides how all that follows is read: a declaration, the condition of a comment. */
  private decidedFrom(spots: readonly Spot[]): number {
    const deciding = spots.filter(
      ({ kind, begin, end }) => kind === 'deciding' && this.isPersonal(this.masked.markup.slice(begin, end)),
    )
    return Math.min(...deciding.map(({ begin }) => begin))
  }

  /** Outputs that bring markup along. */
  readMarkup({ begin, end }: Spot): void {
    for (const { 0: one, 1: number, index } of this.masked.markup.slice(begin, end).matchAll(mask)) {
      const token = this.masked.tokens[Number(number)]
      if (token === undefined || !isMarkup(token)) continue
      const at = begin + index
      const isPersonal = this.personal.numbers.has(Number(number))
      if (isPersonal || this.running.conditional.overlaps(at, at + one.length))
        this.wrap(MARKUP_TAG, at, at + one.length)
    }
  }

  readText(pieces: readonly { begin: number; end: number }[]): void {
    const stretches = [...linkStretches(pieces, this.running)]
    for (const stretch of stretches) {
      if (stretch.how === 'nobody') {
        this.found.add('an address in the text is computed from the contact')
        this.wrap(ADDRESS_TAG, stretch.begin, stretch.end, this.blanked)
      } else {
        this.found.add('whether an address in the text is there depends on the contact')
        const { begin, end } = stretch.how === 'gone' ? this.withBrackets(stretch) : stretch
        this.wrap(WITHHELD_TAG, begin, end, stretch.how === 'unlinked' ? ' unlinked' : '')
      }
    }
    const gated = new Set(stretches.map(({ begin }) => begin))
    for (const { begin, end } of pieces) this.unlink(begin, end, gated)
  }

  /** What a contact's data holds is known when it is put out. */
  private unlink(from: number, to: number, gated: ReadonlySet<number>): void {
    for (const { 0: one, 1: number, index } of this.masked.markup.slice(from, to).matchAll(mask)) {
      const token = this.masked.tokens[Number(number)]
      const begin = from + index
      const isOutput = token !== undefined && (token.tag === null || /^(?:echo|cycle)$/.test(token.tag))
      if (
        isOutput &&
        !ownAddress.test(token.text) &&
        this.personal.numbers.has(Number(number)) &&
        !gated.has(begin)
      )
        this.wrap(UNLINKED_TAG, begin, begin + one.length)
    }
  }

  /** A plain text has the address of a link in brackets (derive-text.ts). */
  private withBrackets({ begin, end }: Stretch): { begin: number; end: number } {
    const { markup } = this.masked
    const isIn = this.part === 'text' && markup[begin - 1] === '<' && markup[end] === '>'
    return isIn ? { begin: begin - 1, end: end + 1 } : { begin, end }
  }

  private withholdAttribute(
    { begin, end, element, attribute }: Attribute,
    text: string,
    isPersonal: boolean,
  ) {
    if (attribute === 'style' && !isPersonal && !firstMask.test(text)) {
      for (const load of cssLoads(text)) this.wrap(WITHHELD_TAG, begin + load.begin, begin + load.end)
      return
    }
    requireWhole(this.part, text, unmaskLiquid(text, this.masked), this.masked)
    this.conditionalValues.add(begin)
    this.wrap(WITHHELD_TAG, begin, end, instead(element))
  }

  /** Whether a value that is there for some only loads or leads anywhere. */
  private isConditional(spot: Attribute, text: string): boolean {
    if (this.isPersonal(text)) return true
    const value = decodeHTMLAttribute(withoutMasks(text))
    if (spot.attribute.startsWith('xmlns')) return false
    if (firstMask.test(text) && this.isUnquoted(spot)) return true
    if (spot.attribute === 'style') return this.loadsOf(text).length > 0
    if (!leading.test(spot.attribute)) return /\/\/|www\.|\\/i.test(value)
    if (within.test(value) && !firstMask.test(text)) return false
    return !this.linkOf(spot).some((link) => this.running.conditional.isForEverybody(link))
  }

  /** Whether a space in what Liquid puts out begins another attribute. */
  private isUnquoted({ begin }: Spot): boolean {
    return !/["']/.test(this.masked.markup[begin - 1] ?? '')
  }

  private linkOf(spot: Spot): FixedLink[] {
    if (spot.kind !== 'attribute' || spot.isInComment || spot.attribute !== 'href') return []
    if (spot.element !== 'a' && spot.element !== 'area') return []
    const text = this.masked.markup.slice(spot.begin, spot.end)
    return firstMask.test(text)
      ? []
      : [{ at: spot.begin, address: `link ${decodeHTMLAttribute(text).trim()}` }]
  }

  private tokensIn(text: string) {
    return [...text.matchAll(mask)].flatMap(([, number]) => this.masked.tokens[Number(number)] ?? [])
  }

  private isPersonal(text: string): boolean {
    return [...text.matchAll(mask)].some(([, number]) => this.personal.numbers.has(Number(number)))
  }

  private wrap(tag: string, begin: number, end: number, args = ''): void {
    this.wraps.push({ tag, args, begin, end })
  }

  /** Of those that lie in each other, the longer one is around the other. */
  edits(): Edit[] {
    const outer = this.wraps.toSorted((a, b) => a.begin - b.begin || b.end - a.end)
    const begins = outer.map(({ tag, args, begin }): Edit => {
      return { offset: begin, insert: this.outsideRaw(begin, `{% ${tag}${args} %}`), isEnd: false }
    })
    const ends = outer.toReversed().map(({ tag, end }): Edit => {
      return { offset: end, insert: this.outsideRaw(end, `{% end${tag} %}`), isEnd: true }
    })
    return [...ends, ...begins]
  }

  /** Within `{% raw %}`, no tag is one. */
  private outsideRaw(offset: number, tag: string): string {
    const isRaw = this.raw.some(({ begin, end }) => offset > begin && offset <= end)
    return isRaw ? `{% endraw %}${tag}{% raw %}` : tag
  }
}

/** A sheet elsewhere, but for the fonts that MJML asks for by itself. */
const isSheet = ({ element, attribute }: Attribute, text: string) =>
  element === 'link' && attribute === 'href' && !mjmlFonts.test(text)
const mjmlFonts = /^https:\/\/fonts\.googleapis\.com\/[^\uFDD0]*$/i
const isText = ({ kind }: Spot) => kind === 'text'
/** Nothing may lead to where the message is shown, as an empty address does. */
const instead = (element: string) => (element === 'a' || element === 'area' ? ' link' : '')

type Token = Masked['tokens'][number]

const isMarkup = ({ tag, text }: Token) =>
  tag === null ? /\|\s*raw\b/.test(text) : tag === 'echo' || tag === 'liquid' || tag === 'cycle'

/** What stands between tags of Liquid, outputs included. */
function* betweenTags({ markup, tokens }: Masked, begin: number, end: number) {
  let from = begin
  for (const { 0: one, 1: number, index } of markup.slice(begin, end).matchAll(mask)) {
    const tag = tokens[Number(number)]?.tag ?? null
    if (tag === null || tag === 'echo' || tag === 'liquid' || tag === 'cycle') continue
    if (begin + index > from) yield { begin: from, end: begin + index }
    from = begin + index + one.length
  }
  if (end > from) yield { begin: from, end }
}
