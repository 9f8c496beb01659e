/**
 * Where a content does more with a personal value than show it. Whoever may not see a value must not be told about it by what their
 * mail does: a condition on it decides whether a message fails, a loop as long as it how large one is, and an address that holds it brings
 * it to their own server. So their content may put it out, in running text, and nothing else.
 *
 * Whatever is not known to be harmless is refused: aliases (`assign`, `capture`), names computed at run time (`contact[x]`), filters
 * but for a few, attributes, styles and comments of the HTML, text that becomes a link by what stands beside it.
 */
import { type Liquid, Output, TypeGuards } from 'liquidjs'
import { type ContentPart, offsetAt } from './content-error.ts'
import { createLiquid, type LiquidToken, readLiquidTokens } from './liquid.ts'
import { type Masked, maskLiquid } from './mask-liquid.ts'
import { authoredIn, readPlaces } from './value-places.ts'

/** A part as it is rendered; of MJML, the HTML it was made into. */
export interface RenderedPart {
  part: ContentPart
  mode: 'html' | 'text'
  source: string
}

/** What is done with which value. */
export interface ComputedValue {
  part: ContentPart
  name: string
  /** As a predicate of the content. */
  how: string
}

type Path = (string | number | null)[]

/** Our own pages show the person: their addresses are personal too. */
export const ownPages = ['unsubscribeUrl', 'preferencesUrl', 'viewUrl']

/** They show a value otherwise, or another one in its place. */
const showing = new Set([
  'default',
  'escape',
  'escape_once',
  'capitalize',
  'upcase',
  'downcase',
  'strip',
  'lstrip',
  'rstrip',
  'strip_html',
  'newline_to_br',
  'raw',
])
/** Inside of these a value is counted, or kept for later. */
const enclosing = new Set(['for', 'tablerow', 'capture'])

/** `isPersonal`: whether `contact.…` may not be seen; a name computed at run time is null. */
export function computedValues(
  { part, mode, source }: RenderedPart,
  isPersonal: (path: Path) => boolean,
): ComputedValue[] {
  // in HTML each output ends with a filter of ours
  const liquid = createLiquid('text')
  const tokens = readLiquidTokens(liquid, part, source)
  const uses = variablesByToken(liquid, source, tokens).map((paths) => paths.filter(isPersonal))
  if (uses.every((paths) => paths.length === 0)) return []
  const masked = maskLiquid(part, source, tokens)
  const { place, run } = readPlaces(masked, mode)
  // a run may hold all tokens: it is looked at once, not once for each of them
  const runs = new Map<string, number[] | null>()
  const isNoLink = (number: number) => {
    const text = run.get(number) ?? ''
    const known = runs.get(text)
    const authored =
      known === undefined ? authoredIn(text, masked, (one) => isPlainOutput(liquid, masked, one)) : known
    runs.set(text, authored)
    return authored?.every((other) => other === number) ?? false
  }
  const found: ComputedValue[] = []
  const inside: string[] = []
  tokens.forEach(({ tag }, number) => {
    if (tag?.startsWith('end') && enclosing.has(tag.slice(3))) inside.pop()
    const [path] = uses[number] ?? []
    const name = path?.map((name) => name ?? '…').join('.') ?? ''
    const refuse = (how: string) => found.push({ part, name, how })
    if (path !== undefined) {
      const at = place.get(number)
      if (!isShown(liquid, masked, number, uses[number] ?? [])) refuse(`computes with ${name}`)
      else if (inside.length > 0) refuse(`repeats or keeps ${name}, in {% ${inside.at(-1)} %}`)
      else if (at === 'whole href' ? !ownPages.includes(String(path[0])) : at !== 'text')
        refuse(`puts ${name} into an attribute, a style or a comment`)
      else if (
        at === 'text' &&
        part !== 'subject' &&
        !ownPages.includes(String(path[0])) &&
        !isNoLink(number)
      )
        refuse(`may make a link of ${name}`)
    }
    if (tag !== null && enclosing.has(tag)) inside.push(tag)
  })
  return found
}

/** Whether a token puts out one value as it is, or as good as. */
function isShown(liquid: Liquid, masked: Masked, number: number, uses: Path[]): boolean {
  const output = outputOf(liquid, masked, number)
  const [path, ...others] = uses
  if (output === null || path === undefined || others.length > 0) return false
  const [initial, ...operators] = output.value.initial.postfix
  const isWhole = path.length === (path[0] === 'contact' ? (path[1] === 'attributes' ? 3 : 2) : 1)
  return (
    isWhole &&
    !path.includes(null) &&
    operators.length === 0 &&
    TypeGuards.isPropertyAccessToken(initial) &&
    output.value.filters.every(({ name }) => showing.has(name))
  )
}

/** Whether a token puts out what nobody can have written an address into, as names and attributes of contacts may be. */
function isPlainOutput(liquid: Liquid, masked: Masked, number: number): boolean {
  const [initial, ...more] = outputOf(liquid, masked, number)?.value.initial.postfix ?? []
  return (
    more.length === 0 &&
    TypeGuards.isPropertyAccessToken(initial) &&
    /^(?:contact|account)\.(?:id|locale|timezone)$/.test(initial.getText()) &&
    outputOf(liquid, masked, number)?.value.filters.length === 0
  )
}

function outputOf(liquid: Liquid, { tokens }: Masked, number: number): Output | null {
  const token = tokens[number]
  if (token === undefined || token.tag !== null) return null
  const [template] = liquid.parse(token.text)
  return template instanceof Output ? template : null
}

/**
 * The variables that each token reads, by their paths. A name that the template gives itself counts as the contact when it is called so:
 * whether the assignment is reached is known at run time only.
 */
function variablesByToken(liquid: Liquid, source: string, tokens: readonly LiquidToken[]): Path[][] {
  const starts: number[] = []
  let compact = ''
  for (const { begin, end } of tokens) {
    starts.push(compact.length)
    compact += source.slice(begin, end)
  }
  const found: Path[][] = tokens.map(() => [])
  const { variables } = liquid.analyzeSync(liquid.parse(compact), { partials: false })
  for (const { segments, location } of Object.values(variables).flat()) {
    const offset = offsetAt(compact, { line: location.row, column: location.col })
    const number = starts.findLastIndex((start) => start <= offset)
    for (const path of pathsOf(segments)) found[number]?.push(path)
  }
  return found
}

type Segments = readonly (string | number | { segments: Segments })[]

/** The path itself, and those of the names that are computed within it. */
function pathsOf(segments: Segments): Path[] {
  const nested = segments.flatMap((segment) => (typeof segment === 'object' ? pathsOf(segment.segments) : []))
  return [segments.map((segment) => (typeof segment === 'object' ? null : segment)), ...nested]
}
