import { type CsvSyntax, csvText, finder, scanRow } from './csv-row.ts'
import { type RowSkipper, rowSkipper } from './csv-skip.ts'
import { undecodable } from './decode-text.ts'
import { ImportFileError } from './import-file-error.ts'
import { type RowLimits, type RowParser, type RowSink, unreadable } from './row-sink.ts'

export interface CsvScannerOptions extends RowLimits {
  syntax: CsvSyntax
  /** Whether each cell of a row is wanted; the others come out empty. */
  wanted: readonly boolean[]
  /** The line of the file where the text begins. */
  line: number
}

/** Characters of one row in quotes before the quote counts as never closed: sixteen times what a row may have. */
const mostQuoted = 16 * 1024 * 1024

/** Text that may be read twice because of misplaced quotes, before the file is refused as nonsense. */
const maxRescanned = 64 * 1024 * 1024

/**
 * Cuts the text after the header into rows. Lines without a quote, nearly all of them, are split as they are: this is
 * what makes a million rows a second possible; other rows go through the whole grammar.
 *
 * A quote opened by mistake swallows the rows up to the next quote, which then is followed by text. The line where it was
 * opened is refused and reading goes on from the line after it, so that one bad cell costs one row.
 */
export function csvScanner(options: CsvScannerOptions, sink: RowSink): RowParser {
  const { syntax, wanted, maxRow, maxCell } = options
  const width = wanted.length
  const { delimiter, newline } = syntax
  const tooLong = `a row of more than ${maxRow} characters`
  let line = options.line
  let pending = ''
  let rescanned = 0
  let skipped: { skipper: RowSkipper; head: string; length: number } | undefined

  function emit(cells: string[], raw: string, faulty: boolean) {
    if (raw === '') return
    const fault = faulty ? unreadable(raw) : undefined
    if (fault) return sink.reject(line, fault.code, fault.detail, raw)
    if (raw.length > maxRow) return sink.reject(line, 'row_too_long', tooLong, raw)
    if (cells.length !== width)
      return sink.reject(line, 'cell_count', `${cells.length} cells where the header has ${width}`, raw)
    if (raw.length > maxCell && cells.some((cell) => cell.length > maxCell))
      return sink.reject(line, 'cell_too_long', `a cell of more than ${maxCell} characters`, raw)
    sink.row(line, cells, raw)
  }

  /** Gives out the rows of `text`; returns the start of the one it does not finish. */
  function scan(text: string, last: boolean): number {
    const source = csvText(text, last, syntax)
    const quoteAt = finder(text, '"')
    const nulAt = finder(text, '\0')
    const undecodableAt = finder(text, undecodable)
    let position = 0
    while (position < text.length) {
      const lineEnd = source.newlineAt(position)
      if (lineEnd > text.length && !last) return position
      let end = Math.min(lineEnd, text.length)
      let next = end + 1
      let newlines = 1
      let cells: string[] | undefined
      if (quoteAt(position) < end) {
        const row = scanRow(source, position, syntax, wanted)
        if (row.kind === 'unfinished') {
          if (!last) return position
          throw unclosed(line + (row.openLines ?? 0))
        }
        if (row.kind === 'row') {
          cells = row.cells
          end = row.contentEnd
          next = row.next
          newlines += row.newlines
        } else {
          rescanned += Math.max(0, row.at - end)
          if (rescanned > maxRescanned)
            throw new ImportFileError(
              'quotes_misplaced',
              'quotes open and close where they make no sense',
              line,
            )
          sink.reject(line, 'quotes_misplaced', 'text after a closing quote', text.slice(position, end))
        }
      } else {
        if (newline === '\n' && text[end - 1] === '\r' && end > position) end--
        cells = splitLine(text.slice(position, end), delimiter, wanted)
      }
      if (cells)
        emit(cells, text.slice(position, end), nulAt(position) < end || undecodableAt(position) < end)
      line += newlines
      position = next
    }
    return text.length
  }

  function unclosed(at: number) {
    return new ImportFileError('quote_unclosed', `the quote opened on line ${at} is never closed`, at)
  }

  /** Goes on reading over a row that is too long; returns where it ends in `text`, or -1. */
  function skip(text: string): number {
    if (!skipped) return 0
    const { skipper, head } = skipped
    const end = skipper.skip(text)
    // Rows have been swallowed and cannot be read again.
    if (skipper.misplaced) throw unclosed(line)
    skipped.length += text.length
    if (skipper.openLines !== undefined && skipped.length > mostQuoted)
      throw unclosed(line + skipper.openLines)
    if (end === -1) return -1
    finishSkipped(skipper, head)
    return end
  }

  function finishSkipped(skipper: RowSkipper, head: string) {
    sink.reject(line, 'row_too_long', tooLong, head)
    line += skipper.newlines + 1
    skipped = undefined
  }

  return {
    push(piece) {
      const start = skip(piece)
      if (start === -1) return
      const text = pending + (start === 0 ? piece : piece.slice(start))
      pending = text.slice(scan(text, false))
      if (pending.length <= maxRow) return
      skipped = { skipper: rowSkipper(syntax), head: pending.slice(0, 4_000), length: 0 }
      const end = skip(pending)
      pending = end === -1 ? '' : pending.slice(end)
    },
    end() {
      if (skipped) {
        const { skipper, head } = skipped
        if (skipper.openLines !== undefined) throw unclosed(line + skipper.openLines)
        finishSkipped(skipper, head)
      }
      scan(pending, true)
    },
  }
}

/** As `split`, in half its time (0.3 s for a million lines of five cells), without the cells that are not wanted. */
function splitLine(line: string, delimiter: string, wanted: readonly boolean[]): string[] {
  const cells: string[] = []
  let start = 0
  for (let at = line.indexOf(delimiter); at !== -1; at = line.indexOf(delimiter, start)) {
    cells.push(wanted[cells.length] ? line.slice(start, at) : '')
    start = at + 1
  }
  cells.push(wanted[cells.length] ? line.slice(start) : '')
  return cells
}
