import type { CsvSyntax } from './csv-row.ts'

/** Reads over a row too long to be kept, in memory that does not grow with it. */
export interface RowSkipper {
  /** Where the row ends in this text (just after its line end), or -1 if it goes on. */
  skip(text: string): number
  readonly newlines: number
  /** Line ends of the row before the quote that is open, if one is. */
  readonly openLines: number | undefined
  /** A closing quote was followed by text, so the cell was not what its writer meant. */
  readonly misplaced: boolean
}

export function rowSkipper({ delimiter, newline }: CsvSyntax): RowSkipper {
  let state: 'start' | 'bare' | 'quoted' | 'closing' | 'closed' = 'start'
  let newlines = 0
  let openLines: number | undefined
  let misplaced = false
  return {
    get newlines() {
      return newlines
    },
    get openLines() {
      return openLines
    },
    get misplaced() {
      return misplaced
    },
    skip(text) {
      for (let at = 0; at < text.length; at++) {
        const character = text[at]
        if (state === 'quoted') {
          if (character === newline) newlines++
          else if (character === '"') state = 'closing'
        } else if (state === 'closing' && character === '"') state = 'quoted'
        else if (state === 'start' && character === '"') {
          state = 'quoted'
          openLines = newlines
        } else {
          openLines = undefined
          if (character === newline) return at + 1
          if (character === delimiter) state = 'start'
          else if (state === 'closing' || state === 'closed') {
            if (character !== ' ' && character !== '\r') misplaced = true
            state = 'closed'
          } else state = 'bare'
        }
      }
      return -1
    },
  }
}
