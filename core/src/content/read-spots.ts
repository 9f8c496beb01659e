import { Tokenizer } from 'htmlparser2'
import { withoutMasks } from './mask-liquid.ts'

/** A stretch of markup, by what it is to who reads it. */
export type Spot = { begin: number; end: number } & (
  | { kind: 'text' | 'style' }
  /** Of an opening tag, what is no value: its name, its attributes' names, what stands between. */
  | { kind: 'tag'; element: string; tagBegin: number }
  /** `nameBegin`: where the attribute's name begins. `tagBegin`: where that of its element does. */
  | {
      kind: 'attribute'
      element: string
      attribute: string
      nameBegin: number
      tagBegin: number
      isInComment: boolean
    }
  /** A comment, a closing tag (then `closes` names it), or what an element encloses that holds no markup. */
  | { kind: 'closed'; closes?: string }
  /** A declaration, or the condition that a comment begins with: Outlook reads what follows by it. */
  | { kind: 'deciding' }
  /** The beginning or end of an element that ends a word. */
  | { kind: 'gap' }
)

/** Elements that do not end a word. */
const inline = new Set(
  'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
)
/** They hold text only. */
const textOnly = new Set(['title', 'textarea', 'script', 'style', 'xmp', 'noembed', 'noframes', 'iframe'])

/** How deep comments in comments are followed. */
const depth = 3

/**
 * Reads a markup into texts, styles, tags and values of attributes. Comments are read as well: Outlook reads `<!--[if mso]> …
 * <![endif]-->`, and where others end programs do not agree on (`--!>`, within `<noembed>` or `<noscript>`).
 */
export function readSpots(markup: string, from = 0, level = 0): Spot[] {
  const spots: Spot[] = []
  let element = ''
  let attribute = ''
  let nameBegin = 0
  let within: { element: string; begin: number } | null = null
  let value: { begin: number; end: number } | null = null
  let tagBegin = 0
  let gapBegin = 0
  const at = (begin: number, end: number) => ({ begin: begin + from, end: end + from })
  const text = (begin: number, end: number) => {
    if (end > begin) spots.push({ kind: element === 'style' ? 'style' : 'text', ...at(begin, end) })
  }
  const closeGap = (end: number) => {
    if (end > gapBegin) spots.push({ kind: 'tag', element, tagBegin: tagBegin + from, ...at(gapBegin, end) })
  }
  const leave = (end: number) => {
    if (within !== null) spots.push({ kind: 'closed', ...at(within.begin, end) })
    within = null
  }
  const finish = (end: number) => {
    closeGap(end)
    if (textOnly.has(element)) within ??= { element, begin: end + 1 }
    if (!inline.has(element)) spots.push({ kind: 'gap', ...at(end, end) })
    if (element !== 'style') element = ''
  }
  const inComment = (begin: number, end: number) => {
    spots.push({ kind: 'closed', ...at(begin - 1, end + 1) })
    const inside = markup.slice(begin, end)
    const condition = inside.indexOf(']>')
    if (condition !== -1) spots.push({ kind: 'deciding', ...at(begin - 1, begin + condition + 1) })
    if (level < depth && inside.includes('<')) spots.push(...readSpots(inside, from + begin, level + 1))
  }
  const deciding = (begin: number, end: number) => {
    spots.push({ kind: 'deciding', ...at(begin - 1, end + 1) })
  }
  const ignore = () => undefined
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      ontext: text,
      ontextentity: ignore,
      onopentagname(begin, end) {
        element = withoutMasks(markup.slice(begin, end)).toLowerCase()
        tagBegin = begin
        gapBegin = begin
      },
      onclosetag(begin, end) {
        const name = withoutMasks(markup.slice(begin, end)).toLowerCase()
        if (within?.element === name) leave(begin)
        const close = markup.indexOf('>', end)
        spots.push({ kind: 'closed', closes: name, ...at(begin, close === -1 ? markup.length : close) })
        if (!inline.has(name)) spots.push({ kind: 'gap', ...at(end, end) })
        element = ''
      },
      onattribname(begin, end) {
        nameBegin = begin
        attribute = withoutMasks(markup.slice(begin, end)).toLowerCase()
        value = null
      },
      onattribdata(begin, end) {
        value = { begin: value?.begin ?? begin, end }
      },
      onattribentity: ignore,
      onattribend() {
        if (value !== null) {
          closeGap(value.begin)
          const begins = { nameBegin: nameBegin + from, tagBegin: tagBegin + from }
          const where = { ...begins, isInComment: level > 0, ...at(value.begin, value.end) }
          spots.push({ kind: 'attribute', element, attribute, ...where })
          gapBegin = value.end
        }
        value = null
      },
      onopentagend: finish,
      onselfclosingtag: finish,
      oncomment: (begin, end, offset) => inComment(begin, end - offset),
      oncdata: (begin, end, offset) => text(begin, end - offset),
      ondeclaration: deciding,
      onprocessinginstruction: deciding,
      onend: () => leave(markup.length),
    },
  )
  tokenizer.write(markup)
  tokenizer.end()
  return spots
}
