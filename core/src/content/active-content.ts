/** What runs, sends or leads elsewhere by itself: no gate could be put before it. */
import { decodeHTMLAttribute } from 'entities'
import type { ContentPart, ContentWarning } from './content-error.ts'
import type { Masked } from './mask-liquid.ts'
import { isPersonal, type PersonalTokens } from './personal-tokens.ts'
import type { Spot } from './read-spots.ts'

const mask = /\uFDD0(\d+)\uFDD1/g
/** The name of an element that Liquid writes. */
const computedName = /<\/?[a-z]*\uFDD0(\d+)\uFDD1/gi

export function activeIn(part: ContentPart, spot: Spot, written: string): ContentWarning[] {
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

/** Tags of Liquid that put text out; null is `{{ … }}`. */
const puttingOut = new Set([null, 'echo', 'liquid', 'cycle', 'increment', 'decrement'])

/** Tags that the contact's data makes others of. */
export function computedMarkup(
  part: ContentPart,
  spot: Spot,
  { markup, tokens }: Masked,
  { numbers, names }: PersonalTokens,
  isConditional: (begin: number, end: number) => boolean,
): ContentWarning[] {
  const text = markup.slice(spot.begin, spot.end)
  if (spot.kind === 'tag') {
    const isName = (index: number) => markup[spot.begin - 1] === '<' && !/\s/.test(text.slice(0, index))
    const output = [...text.matchAll(mask)].find(({ 0: one, 1: number, index }) => {
      const at = spot.begin + index
      const isOutput = puttingOut.has(tokens[Number(number)]?.tag ?? null)
      if (numbers.has(Number(number))) return isOutput || isName(index)
      return isOutput && isConditional(at, at + one.length)
    })
    return output
      ? [activeContent(part, `the contact's data stands among the attributes of <${spot.element}>`)]
      : []
  }
  if (spot.kind !== 'text') return []
  return [...text.matchAll(computedName)].flatMap(([, number]) => {
    const token = tokens[Number(number)]
    // what a contact's data holds is escaped; what a condition chooses is the author's
    const isChosen =
      token !== undefined &&
      (token.tag !== null || (numbers.has(Number(number)) && isNamed(token.text, names)))
    return isChosen ? [activeContent(part, 'the name of an element, chosen by Liquid,')] : []
  })
}

const isNamed = (text: string, names: ReadonlySet<string>) =>
  names.size > 0 && isPersonal(text.replace(/\b(?:contact|data|\w+Url)\b/g, ''), names)

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
