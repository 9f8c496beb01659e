import { type CsvSyntax, csvText, scanRow } from './csv-row.ts'
import { ImportFileError } from './import-file-error.ts'
import { unreadable, type WantedColumns } from './row-sink.ts'

export interface CsvHeader {
  syntax: CsvSyntax
  /** For each wanted column, the index of its cell. */
  indexes: number[]
  /** Cells in a row. */
  width: number
  /** Where the rows begin in the text, and on which line of the file. */
  end: number
  line: number
}

/** In the order of preference when nothing tells them apart. */
const delimiters = [',', ';', '\t', '|']

/**
 * Reads the header off the beginning of a file; undefined when the text does not hold the whole of it.
 * Without a declared delimiter, takes the one by which most of the wanted columns are found, then the one that cuts the
 * header into most cells. Excel's own first line `sep=;` counts as a declaration.
 */
export function readHeader(
  text: string,
  last: boolean,
  { columns, others }: WantedColumns,
  declared: string | undefined,
): CsvHeader | undefined {
  const newline = newlineOf(text, last)
  if (!newline) return undefined

  let line = 1
  let start = 0
  const separator = /^sep=(.)\r?[\r\n]/i.exec(text)
  if (separator) {
    line++
    start = separator[0].length
  }
  for (let blank = /^\r?[\n\r]/.exec(text.slice(start, start + 2)); blank; ) {
    line++
    start += blank[0].length
    blank = /^\r?[\n\r]/.exec(text.slice(start, start + 2))
  }
  if (start >= text.length) {
    if (last) throw new ImportFileError('file_empty', 'the file has no header and no row')
    return undefined
  }

  const candidates = []
  const delimiter = declared ?? separator?.[1]
  for (const syntax of (delimiter ? [delimiter] : delimiters).map((delimiter) => ({ delimiter, newline }))) {
    const row = scanRow(csvText(text, last, syntax), start, syntax)
    if (row.kind === 'row') {
      const names = row.cells.map(columnName)
      const found = columns.filter((column) => names.includes(columnName(column))).length
      candidates.push({ syntax, row, names, found })
    } else if (row.kind === 'unfinished' && !last) return undefined
    else if (row.kind === 'unfinished')
      throw new ImportFileError('quote_unclosed', `the quote opened on line ${line} is never closed`, line)
  }
  const best = candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, one) =>
      !best || one.found > best.found || (one.found === best.found && one.names.length > best.names.length)
        ? one
        : best,
    undefined,
  )
  if (!best) throw new ImportFileError('quotes_misplaced', 'the quotes of the header make no sense', line)

  const fault = unreadable(text.slice(start, best.row.contentEnd))
  if (fault) throw new ImportFileError('file_not_text', `the header has ${fault.detail}`, line)
  if (others) refuseUnmapped(best.names, [...columns, ...others], line)
  return {
    syntax: best.syntax,
    indexes: columns.map((column) => columnIndex(best.names, column, line)),
    width: best.names.length,
    end: best.row.next,
    line: line + best.row.newlines + 1,
  }
}

function columnIndex(names: string[], column: string, line: number): number {
  const index = names.indexOf(columnName(column))
  if (index === -1)
    throw new ImportFileError('column_missing', `the header on line ${line} has no column “${column}”`, line)
  if (names.indexOf(columnName(column), index + 1) !== -1)
    throw new ImportFileError(
      'column_ambiguous',
      `the header on line ${line} has “${column}” more than once`,
      line,
    )
  return index
}

function refuseUnmapped(names: string[], known: string[], line: number): void {
  const knownNames = new Set(known.map(columnName))
  const unmapped = names.filter((name) => name !== '' && !knownNames.has(name))
  if (unmapped.length === 0) return
  const shown = unmapped.slice(0, 5).map((name) => `“${name.slice(0, 100)}”`)
  throw new ImportFileError(
    'column_unmapped',
    `the header on line ${line} has columns that are not mapped, not even to “ignore”: ${shown.join(', ')}`,
    line,
  )
}

/** Two names that look the same are the same. */
function columnName(name: string): string {
  return name.trim().normalize('NFC')
}

/** How lines end, by the first end of a line that is not in quotes; undefined when the text is too short to tell. */
function newlineOf(text: string, last: boolean): '\n' | '\r' | undefined {
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') quoted = !quoted
    else if (!quoted && character === '\n') return '\n'
    else if (!quoted && character === '\r') {
      if (at + 1 < text.length) return text[at + 1] === '\n' ? '\n' : '\r'
      break
    }
  }
  return last ? '\n' : undefined
}
