/*
 * One row of CSV as RFC 4180 has it: a cell is bare, or in double quotes, where a double quote is written twice and the
 * delimiter and new lines are text. What files do beyond the RFC, and how it is taken:
 *   - spaces between a closing quote and the delimiter are skipped;
 *   - a quote inside a bare cell (5" disc, or after a space) is text;
 *   - anything else after a closing quote is a fault: the quotes cannot be what the writer meant.
 */

export interface CsvSyntax {
  delimiter: string
  /** A carriage return before a line feed belongs to the line end. */
  newline: '\n' | '\r'
}

export type ScannedRow =
  | { kind: 'row'; cells: string[]; contentEnd: number; next: number; newlines: number }
  /** The text ends before the row; in quotes when `openLines` (line ends before the opening quote) is given. */
  | { kind: 'unfinished'; openLines?: number }
  | { kind: 'misplaced'; at: number }

const quote = '"'

/** Finds the next place of a character, remembering it: going forward, each character of a text is looked at once. */
export function finder(text: string, character: string): (from: number) => number {
  let searched = 0
  let found = -1
  return (from) => {
    if (from < searched || from > found) {
      searched = from
      const at = text.indexOf(character, from)
      found = at === -1 ? Number.POSITIVE_INFINITY : at
    }
    return found
  }
}

/** How to look into one piece of text. */
export interface CsvText {
  text: string
  /** Nothing comes after this text. */
  last: boolean
  newlineAt: (from: number) => number
  delimiterAt: (from: number) => number
}

export function csvText(text: string, last: boolean, syntax: CsvSyntax): CsvText {
  return { text, last, newlineAt: finder(text, syntax.newline), delimiterAt: finder(text, syntax.delimiter) }
}

/**
 * Reads the row that begins at `start`. Cells that are not `wanted`, by their index, come out empty: half the time goes into
 * making strings.
 */
export function scanRow(
  { text, last, newlineAt, delimiterAt }: CsvText,
  start: number,
  syntax: CsvSyntax,
  wanted?: readonly boolean[],
): ScannedRow {
  const { delimiter, newline } = syntax
  const cells: string[] = []
  let newlines = 0
  let position = start
  for (;;) {
    let after: number
    const kept = wanted === undefined || wanted[cells.length] === true
    if (text[position] === quote) {
      const close = closingQuote(text, position + 1)
      if (close === -1) return { kind: 'unfinished', openLines: newlines }
      // The text may be cut between the two halves of a doubled quote.
      if (close + 1 === text.length && !last) return { kind: 'unfinished', openLines: newlines }
      const cell = kept ? text.slice(position + 1, close) : ''
      cells.push(cell.includes(quote) ? cell.replaceAll('""', quote) : cell)
      for (let at = newlineAt(position); at < close; at = newlineAt(at + 1)) newlines++
      after = close + 1
      while (text[after] === ' ') after++
    } else {
      after = Math.min(delimiterAt(position), newlineAt(position), text.length)
      if (newline === '\n' && text[after - 1] === '\r' && text[after] !== delimiter && after > position)
        after--
      cells.push(kept ? text.slice(position, after) : '')
    }

    if (text[after] === delimiter) {
      position = after + 1
      continue
    }
    let next = after
    if (newline === '\n' && text[next] === '\r') next++
    if (next >= text.length) {
      if (!last) return { kind: 'unfinished' }
      return { kind: 'row', cells, contentEnd: after, next: text.length, newlines }
    }
    if (text[next] !== newline) return { kind: 'misplaced', at: after }
    return { kind: 'row', cells, contentEnd: after, next: next + 1, newlines }
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 2))
    if (text[at + 1] !== quote) return at
  return -1
}
