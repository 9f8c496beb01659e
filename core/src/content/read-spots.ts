import { Tokenizer } from 'htmlparser2'
import { withoutMasks } from './mask-liquid.ts'

/** A stretch of markup, by what it is to who reads it. */
export type Spot = { begin: number; end: number } & (
  | { kind: 'text' | 'style' }
  /** Of an opening tag, what is no value: its name, its attributes' names, what stands between. */
  | { kind: 'tag'; element: string }
  | { kind: 'attribute'; element: string; attribute: string }
)

/** How deep comments in comments are followed. */
const depth = 3

/**
 * Reads a markup into texts, styles, tags and values of attributes. Comments are read as well: Outlook reads `<!--[if mso]> … <![endif]-->`,
 * and where others end programs do not agree on (`--!>`, within `<noembed>` or `<noscript>`).
 */
export function readSpots(markup: string, from = 0, level = 0): Spot[] {
  const spots: Spot[] = []
  let element = ''
  let attribute = ''
  let value: { begin: number; end: number } | null = null
  let tagBegin = 0
  const at = (begin: number, end: number) => ({ begin: begin + from, end: end + from })
  const text = (begin: number, end: number) => {
    if (end > begin) spots.push({ kind: element === 'style' ? 'style' : 'text', ...at(begin, end) })
  }
  const closeGap = (end: number) => {
    if (end > tagBegin) spots.push({ kind: 'tag', element, ...at(tagBegin, end) })
  }
  const finish = (end: number) => {
    closeGap(end)
    if (element !== 'style') element = ''
  }
  const inComment = (begin: number, end: number) => {
    const inside = markup.slice(begin, end)
    if (level < depth && inside.includes('<')) spots.push(...readSpots(inside, from + begin, level + 1))
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
      },
      onclosetag() {
        element = ''
      },
      onattribname(begin, end) {
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
          spots.push({ kind: 'attribute', element, attribute, ...at(value.begin, value.end) })
          tagBegin = value.end
        }
        value = null
      },
      onopentagend: finish,
      onselfclosingtag: finish,
      oncomment: (begin, end, offset) => inComment(begin, end - offset),
      oncdata: (begin, end, offset) => text(begin, end - offset),
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  )
  tokenizer.write(markup)
  tokenizer.end()
  return spots
}
