/**
 * An address that is computed from the contact tells who asks for it, whatever server it leads to: `<img src="https://…?e={{ contact.email }}">` is
 * a pixel of individual tracking, and so is a link with an id in it. The law asks the same for them as for ours (directive 2002/58/EC
 * art. 5(3), CNIL délibération 2026-042), so they pass the same gate: without it, what is personal in them is left out when the message is
 * rendered (identifying-tag.ts). Here they are found, in the HTML that leaves, whatever the author wrote it in.
 */
import { decodeHTML, decodeHTMLAttribute } from 'entities'
import { ContentError, type ContentPart, type ContentWarning } from './content-error.ts'
import { ADDRESS_TAG, MARKUP_TAG } from './identifying-tag.ts'
import { type Masked, unmaskLiquid, withoutMasks } from './mask-liquid.ts'
import { personalTokens } from './personal-tokens.ts'
import { readSpots, type Spot } from './read-spots.ts'

export interface Edit {
  offset: number
  insert: string
  /** Of two at one offset, ends come before beginnings. */
  isEnd: boolean
}

export interface IdentifyingAddresses {
  /** What to put into the masked markup. */
  edits: Edit[]
  warnings: ContentWarning[]
}

/** Attributes that lead nowhere; of all others what is personal is left out, for nobody knows all that load something. */
const harmless =
  /^(?:alt|title|lang|dir|width|height|align|valign|role|name|label|summary|placeholder|value|colspan|rowspan|border|bgcolor|color|aria-[\w-]+|data-.+)$/
/** They open a program of the reader's, with what they read beside it. */
const ownProgram = /^\s*(?:mailto|tel|sms):/i
const ownAddress = /^\s*\{\{-?\s*(?:unsubscribeUrl|preferencesUrl|viewUrl)\s*-?\}\}/
/** What mail programs make a link of: with a scheme or without, or a host's name before a path. */
const linkLike = /(?:https?:)?\/\/|www\.|\.[a-z]{2,24}[/?#]/i
const word = /[^\s<>"]+/g
const mask = /\uFDD0(\d+)\uFDD1/g
const firstMask = /\uFDD0\d+\uFDD1/

export function identifyingAddresses(part: ContentPart, masked: Masked): IdentifyingAddresses {
  const { numbers, names } = personalTokens(masked)
  const spots = readSpots(masked.markup)
  const edits: Edit[] = []
  const found = new Set<string>()
  const isPersonal = (text: string) =>
    [...text.matchAll(mask)].some(([, number]) => numbers.has(Number(number)))
  const wrap = (tag: string, begin: number, end: number, args = '') => {
    edits.push({ offset: begin, insert: `{% ${tag}${args} %}`, isEnd: false })
    edits.push({ offset: end, insert: `{% end${tag} %}`, isEnd: true })
  }
  const list = names.size === 0 ? '' : ` ${[...names].join(' ')}`
  const active: ContentWarning[] = []

  for (const spot of spots) {
    const { begin, end } = spot
    const text = masked.markup.slice(begin, end)
    active.push(...activeIn(part, spot, unmaskLiquid(text, masked)))
    if (spot.kind === 'tag') {
      const [output] = [...text.matchAll(mask)].filter(
        ([, number]) => numbers.has(Number(number)) && masked.tokens[Number(number)]?.tag === null,
      )
      if (output)
        active.push(
          activeContent(part, `the contact's data stands among the attributes of <${spot.element}>`),
        )
    } else if (spot.kind === 'attribute') {
      if (!isPersonal(text) || harmless.test(spot.attribute)) continue
      const written = unmaskLiquid(text, masked)
      if (spot.attribute === 'href' && ownProgram.test(decodeHTMLAttribute(withoutMasks(text)))) continue
      if (ownAddress.test(written) && !isPersonal(text.replace(firstMask, ''))) continue
      requireWhole(part, text, written, masked)
      wrap(ADDRESS_TAG, begin, end, list)
      found.add(`the ${spot.attribute} of <${spot.element}>`)
    } else {
      const stretches =
        spot.kind === 'style' ? [{ begin: 0, end: text.length }] : [...writtenIn(text, masked)]
      for (const { token, begin: at } of outputsIn(text, masked)) {
        if (!numbers.has(token.number)) continue
        const isAddress = stretches.some((range) => at >= range.begin && at < range.end)
        if (!isAddress && !isMarkup(token)) continue
        wrap(
          isAddress ? ADDRESS_TAG : MARKUP_TAG,
          begin + at,
          begin + at + token.length,
          isAddress ? list : '',
        )
        if (isAddress) found.add(spot.kind === 'style' ? 'a <style>' : 'an address in the text')
      }
    }
  }
  const warnings = [...found].slice(0, 20).map((where): ContentWarning => {
    return { code: 'identifying_address', part, message: `${where} is computed from the contact` }
  })
  return { edits, warnings: [...warnings, ...active.slice(0, 20)] }
}

/** The same of a plain text, where an address is what looks like one. */
export function withoutIdentifyingAddresses(masked: Masked): string {
  const { numbers, names } = personalTokens(masked)
  return masked.markup.replace(word, (one) => {
    const from = linkIn(one, masked)
    return from === -1 ? one : one.slice(0, from) + gated(one.slice(from))
  })

  function gated(address: string): string {
    return address.replace(mask, (one, number: string) =>
      numbers.has(Number(number)) && putsOut(masked.tokens[Number(number)])
        ? `{% ${ADDRESS_TAG}${[...names].map((name) => ` ${name}`).join('')} %}${one}{% end${ADDRESS_TAG} %}`
        : one,
    )
  }
}

type Token = Masked['tokens'][number]

const putsOut = (token: Token | undefined) =>
  token !== undefined && (token.tag === null || token.tag === 'echo' || token.tag === 'liquid')

/** Tokens that put something out; the others cannot be set apart from what they enclose. */
function* outputsIn(text: string, { tokens }: Masked) {
  for (const match of text.matchAll(mask)) {
    const token = tokens[Number(match[1])]
    if (token === undefined || !putsOut(token)) continue
    yield { begin: match.index, token: { ...token, number: Number(match[1]), length: match[0].length } }
  }
}

/** Addresses that stand in running text: mail programs make links of them. */
function* writtenIn(text: string, masked: Masked): Generator<{ begin: number; end: number }> {
  for (const { 0: one, index } of text.matchAll(word)) {
    const from = linkIn(one, masked)
    if (from !== -1) yield { begin: index + from, end: index + one.length }
  }
}

/** Where an address begins in a word, or -1. One without a scheme, or that comes out of entities or of Liquid, is the whole word. */
function linkIn(one: string, masked: Masked): number {
  if (!firstMask.test(one)) return -1
  const from = one.search(linkLike)
  if (from !== -1) return one[from] === '.' ? 0 : from
  return linkLike.test(decodeHTML(unmaskLiquid(one, masked))) || usesLink(one, masked) ? 0 : -1
}

/** Whether a word puts out a name that the template has given to an address. */
function usesLink(one: string, { tokens }: Masked): boolean {
  const named = tokens.flatMap(({ tag, text }) =>
    tag === 'assign' && linkLike.test(text) ? (/assign\s+([\w-]+)/.exec(text)?.[1] ?? []) : [],
  )
  if (named.length === 0) return false
  const read = [...one.matchAll(mask)].map(([, number]) => tokens[Number(number)]?.text ?? '').join(' ')
  const words = new Set(read.match(/[\w-]+/g))
  return named.some((name) => words.has(name))
}

const isMarkup = ({ tag, text }: Token) => tag !== null || /\|\s*raw\b/.test(text)

/** Blocks of Liquid that begin in an address and end outside of it could not be left out of it. */
function requireWhole(part: ContentPart, text: string, written: string, { tokens }: Masked): void {
  let depth = 0
  for (const [, number] of text.matchAll(mask)) {
    const tag = tokens[Number(number)]?.tag ?? null
    if (tag?.startsWith('end')) depth--
    else if (tag !== null && blocks.has(tag)) depth++
    if (depth < 0) break
  }
  if (depth !== 0)
    throw new ContentError(part, `an attribute must hold complete Liquid tags: ${written.slice(0, 100)}`)
}

const blocks = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture', 'comment', 'raw'])

/** What runs, sends or leads elsewhere by itself: no gate could be put before it. */
function activeIn(part: ContentPart, spot: Spot, written: string): ContentWarning[] {
  if (spot.kind === 'tag') {
    const { element } = spot
    if (activeElements.has(element)) return [activeContent(part, `<${element}>`)]
    return []
  }
  if (spot.kind !== 'attribute') return []
  const { element, attribute } = spot
  const value = decodeHTMLAttribute(written)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop them before they read a scheme
    .replace(/[\u0000-\u0020]/g, '')
    .toLowerCase()
  if (/^on[a-z]/.test(attribute))
    return [activeContent(part, `the event handler ${attribute} of <${element}>`)]
  if (attribute === 'formaction' || attribute === 'ping')
    return [activeContent(part, `${attribute} of <${element}>`)]
  if (attribute === 'srcdoc') return [activeContent(part, `srcdoc of <${element}>`)]
  if (/^(?:javascript|vbscript):/.test(value))
    return [activeContent(part, `a script as the ${attribute} of <${element}>`)]
  if (element === 'meta' && attribute === 'http-equiv' && value === 'refresh')
    return [activeContent(part, '<meta http-equiv="refresh">')]
  return []
}

const activeElements = new Set([
  'script',
  'form',
  'base',
  'iframe',
  'object',
  'embed',
  'applet',
  'frame',
  'portal',
])

function activeContent(part: ContentPart, what: string): ContentWarning {
  return { code: 'active_content', part, message: `${what} does not belong in a message` }
}
