/** A word as it is put out, whichever branches of Liquid's blocks are taken: `a{% if x %}b{% else %}c{% endif %}` is `ab` or `ac`. */
import type { Masked } from './mask-liquid.ts'

/** What stands between two tags of a word, outputs included. */
export interface WordPiece {
  begin: number
  end: number
  /** The word with all that can be put out together with this piece. */
  path: string
  /** Where in `path` the piece begins. */
  before: number
}

interface Cut {
  begin: number
  end: number
  /** The branch it is in, of each block around it. */
  branches: Map<number, number>
}

const mask = /\uFDD0(\d+)\uFDD1/g
const opening = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture'])
const separating = new Set(['else', 'elsif', 'when'])
const puttingOut = new Set(['echo', 'liquid', 'cycle', 'increment', 'decrement'])
/** Of more pieces, which go together is not looked at. */
const most = 60

export function wordPieces(word: string, masked: Masked): WordPiece[] {
  const cuts = cut(word, masked)
  return cuts.map((piece) => {
    const together = cuts.length > most ? cuts : cuts.filter((other) => goTogether(piece, other))
    const before = together.filter(({ begin }) => begin < piece.begin)
    const path = together.map(({ begin, end }) => word.slice(begin, end)).join('')
    const length = before.reduce((sum, { begin, end }) => sum + end - begin, 0)
    return { begin: piece.begin, end: piece.end, path, before: length }
  })
}

function goTogether(one: Cut, other: Cut): boolean {
  return [...one.branches].every(([block, branch]) => (other.branches.get(block) ?? branch) === branch)
}

function cut(word: string, { tokens }: Masked): Cut[] {
  const cuts: Cut[] = []
  let blocks = 0
  let open: { block: number; branch: number }[] = []
  let from = 0
  const push = (end: number) => {
    if (end > from)
      cuts.push({ begin: from, end, branches: new Map(open.map(({ block, branch }) => [block, branch])) })
  }
  for (const { 0: written, 1: number, index } of word.matchAll(mask)) {
    const tag = tokens[Number(number)]?.tag ?? null
    if (tag === null || puttingOut.has(tag)) continue
    push(index)
    from = index + written.length
    if (opening.has(tag)) open.push({ block: blocks++, branch: 0 })
    else if (tag.startsWith('end') && opening.has(tag.slice(3))) open.pop()
    else if (separating.has(tag)) {
      // of a block that begins before the word, all that came so far is another branch
      if (open.length === 0) {
        const block = blocks++
        for (const { branches } of cuts) branches.set(block, 0)
        open = [{ block, branch: 0 }]
      }
      const last = open.at(-1)
      if (last) last.branch++
    }
  }
  push(word.length)
  return cuts
}
