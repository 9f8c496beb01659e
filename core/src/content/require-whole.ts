import { ContentError, type ContentPart } from './content-error.ts'
import type { Masked } from './mask-liquid.ts'

const mask = /\uFDD0(\d+)\uFDD1/g

/** Blocks of Liquid that begin in an address and end outside of it could not be left out of it. */
export function requireWhole(part: ContentPart, text: string, written: string, { tokens }: Masked): void {
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
