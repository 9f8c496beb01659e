/** Where the Liquid of a content stands in its markup: in running text, as the whole address of a link, or elsewhere. */
import { Tokenizer } from 'htmlparser2'
import type { Masked } from './mask-liquid.ts'

const mask = /\uFDD0(\d+)\uFDD1/g

type Place = 'text' | 'whole href' | 'elsewhere'

/** Elements that do not end a word. */
const inline = new Set(
  'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
)

interface Piece {
  text: string
  isText: boolean
}

export interface Places {
  /** By the number of a token. */
  place: ReadonlyMap<number, Place>
  /** What stands around a token in running text without a space between. */
  run: ReadonlyMap<number, string>
}

export function readPlaces(masked: Masked, mode: 'html' | 'text'): Places {
  const place = new Map<number, Place>(masked.tokens.map((_, number) => [number, 'elsewhere']))
  const run = new Map<number, string>()
  const pieces = mode === 'text' ? [{ text: masked.markup, isText: true }] : readPieces(masked.markup)
  for (const { text, isText } of pieces) {
    if (isText) for (const number of numbersIn(text)) place.set(number, 'text')
    else if (/^\uFDD0\d+\uFDD1$/.test(text.trim())) place.set(Number(text.trim().slice(1, -1)), 'whole href')
  }
  const text = pieces.flatMap((piece) => (piece.isText ? [piece.text] : [])).join('')
  // brackets, apostrophes and backticks may stand within an address
  for (const word of trimmed(text, masked).split(/[\s<>"]+/u))
    for (const number of numbersIn(word)) run.set(number, word)
  return { place, run }
}

const numbersIn = (text: string) => [...text.matchAll(mask)].map(([, number]) => Number(number))

/** Runs of text, and addresses of links. */
function readPieces(markup: string): Piece[] {
  const pieces: Piece[] = []
  let element = ''
  let attribute = ''
  let isHidden = false
  let value: { begin: number; end: number } | null = null
  const text = (part: string) => pieces.push({ text: part, isText: !isHidden })
  const ignore = () => undefined
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: (start, end) => text(markup.slice(start, end)),
      ontextentity: (codepoint) => text(String.fromCodePoint(codepoint)),
      onopentagname(start, end) {
        element = markup.slice(start, end).toLowerCase()
        isHidden = element === 'style' || element === 'script'
        if (!inline.has(element)) text(' ')
      },
      onclosetag(start, end) {
        isHidden = false
        if (!inline.has(markup.slice(start, end).toLowerCase())) text(' ')
      },
      onattribname(start, end) {
        attribute = markup.slice(start, end).toLowerCase()
        value = null
      },
      onattribdata(start, end) {
        value = { begin: value?.begin ?? start, end }
      },
      onattribend() {
        if (value !== null && attribute === 'href' && (element === 'a' || element === 'area'))
          pieces.push({ text: markup.slice(value.begin, value.end), isText: false })
        value = null
      },
      onopentagend: ignore,
      onselfclosingtag: ignore,
      onattribentity: ignore,
      oncdata: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  )
  tokenizer.write(markup)
  tokenizer.end()
  return pieces
}

/** An address, or what a mail program takes for one. */
const linkLike = /:\/\/|mailto:|[\p{L}\p{N}\uFDD1-][.\u3002]\p{L}{2}|\d\.\d{1,3}\.\d/iu
/** Tags that put nothing out. */
const silent =
  /^(if|elsif|else|endif|unless|endunless|case|when|endcase|comment|endcomment|assign|raw|endraw|#)$/

/**
 * What may make a link of a run: the tokens whose text its author has made up; null when it is an address as it stands. Tags between do
 * not count as space, nor does space that Liquid takes away.
 */
export function authoredIn(
  run: string,
  { tokens }: Masked,
  isPlain: (number: number) => boolean,
): number[] | null {
  if (linkLike.test(run)) return null
  return numbersIn(run).filter((number) => !isPlain(number) && !silent.test(tokens[number]?.tag ?? ''))
}

/** Without the space that `{{-` and `-}}` take away. */
function trimmed(text: string, { tokens }: Masked): string {
  const parts = text.split(mask)
  for (let at = 1; at < parts.length; at += 2) {
    const token = tokens[Number(parts[at])]?.text ?? ''
    if (/^\{[{%]-/.test(token)) parts[at - 1] = parts[at - 1]?.trimEnd() ?? ''
    if (/-[}%]\}$/.test(token)) parts[at + 1] = parts[at + 1]?.trimStart() ?? ''
  }
  return parts.map((part, at) => (at % 2 === 1 ? `\uFDD0${part}\uFDD1` : part)).join('')
}
