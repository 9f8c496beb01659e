/** What text an author may have put together by Liquid: literals, and names given to them by `assign`, `capture` or a loop. */
import type { Masked } from './mask-liquid.ts'
import { type Placed, placedTokens } from './personal-tokens.ts'

/** Stands for what is not known, and cannot be part of what an author has written. */
const unknown = '0'
/** Stands for a text that was taken apart: it may be any, an address too. */
const anyAddress = 'https://'
/** They keep a text as it is, but for its letters' case. */
const keeping = new Set(
  'append capitalize date default downcase escape escape_once lstrip newline_to_br prepend raw rstrip strip upcase url_encode'.split(
    ' ',
  ),
)
/** How long a text is followed. */
const longest = 2_000

const part = /'((?:\\(?:.|$)|[^'\\])*)'?|"((?:\\(?:.|$)|[^"\\])*)"?|\|\s*(\w+)|([\w?\x80-\uffff-]+)/gs
const head = /^\{[{%]-?\s*(?:echo\b|liquid\b)?/
const given = /^\{%-?\s*(assign|for|tablerow)\s+['"]?((?:[\w?-]|(?!\s)[\x80-\uffff])+)['"]?\s*(?:=|in\b)/
const captured = /\bcapture\s+['"]?([\w?\x80-\uffff-]+)/
const mask = /\uFDD0(\d+)\uFDD1/g

export class MadeUpText {
  private readonly names = new Map<string, string>()
  private readonly tokens: Masked['tokens']

  constructor(masked: Masked) {
    this.tokens = masked.tokens
    const placed = placedTokens(masked)
    const seen = new Set(placed.map(({ number }) => number))
    const lost = masked.tokens.flatMap((token, number) =>
      seen.has(number) ? [] : [{ ...token, number, at: 0, length: 0 }],
    )
    // twice: a loop goes back
    for (let pass = 0; pass < 2; pass++) {
      for (const token of lost) this.give(token)
      this.readAll(masked.markup, placed)
    }
  }

  private readAll(markup: string, placed: readonly Placed[]): void {
    const open: { name: string; begin: number }[] = []
    for (const token of placed) {
      if (token.tag === 'capture')
        open.push({ name: captured.exec(token.text)?.[1] ?? '', begin: token.at + token.length })
      else if (token.tag === 'endcapture') {
        const capture = open.pop()
        if (capture) this.add(capture.name, this.expand(markup.slice(capture.begin, token.at)))
      } else this.give(token)
    }
  }

  private give({ text }: { text: string }): void {
    const [all, , name] = given.exec(text) ?? []
    if (all !== undefined && name !== undefined)
      this.add(name, this.written(text.slice(all.length).replace(/-?[%}]\}$/, '')))
  }

  private add(name: string, text: string): void {
    const known = this.names.get(name)
    if (known?.includes(text)) return
    const both = known === undefined ? text : `${known} ${text}`
    this.names.set(name, both.length > longest ? anyAddress : both)
  }

  /** A stretch of markup as it may be put out: what is not known of it is a digit. */
  expand(markup: string): string {
    return markup.replace(mask, (_, number: string) => {
      const token = this.tokens[Number(number)]
      if (token === undefined) return ''
      if (token.tag === 'cycle') return this.written(token.text.replace(/^\{%-?\s*cycle/, ''))
      if (token.tag === 'increment' || token.tag === 'decrement') return unknown
      if (token.tag !== null && token.tag !== 'echo' && token.tag !== 'liquid') return ''
      return this.written(token.text.replace(head, '').replace(/-?[%}]\}$/, ''))
    })
  }

  /** The text of an expression. */
  private written(expression: string): string {
    const pieces: string[] = []
    let isKept = true
    let isFirst = true
    let isAuthored = false
    for (const { 1: single, 2: double, 3: filter, 4: word, index } of expression.matchAll(part)) {
      const literal = single ?? double
      const named = word === undefined ? undefined : this.names.get(word)
      if (filter !== undefined) isKept &&= keeping.has(filter)
      else if (literal !== undefined || named !== undefined) {
        // what is escaped may be any sign
        const text = literal?.includes('\\') ? anyAddress : (literal ?? named ?? '')
        isAuthored ||= text !== ''
        if (expression.slice(0, index).trimEnd().endsWith('prepend:')) pieces.unshift(text)
        else pieces.push(text)
      } else if (isFirst) pieces.push(unknown)
      isFirst = false
    }
    return isAuthored && !isKept ? anyAddress : pieces.join('')
  }
}
