import { readHeader } from './csv-header.ts'
import { csvScanner } from './csv-scanner.ts'
import { ImportFileError } from './import-file-error.ts'
import type { RowLimits, RowParser, RowSink, WantedColumns } from './row-sink.ts'

/** Parses a CSV file: its header, then its rows, with the wanted columns picked in the order they are wanted. */
export function csvRows(
  wanted: WantedColumns,
  delimiter: string | undefined,
  limits: RowLimits,
  sink: RowSink,
): RowParser {
  let start = ''
  let scanner: RowParser | undefined

  function open(text: string, last: boolean) {
    start += text
    const header = readHeader(start, last, wanted, delimiter)
    if (!header) {
      if (start.length > limits.maxRow)
        throw new ImportFileError(
          'header_too_long',
          `the header is longer than ${limits.maxRow} characters`,
          1,
        )
      return
    }
    const { syntax, width, line, indexes } = header
    const picked: RowSink = {
      reject: sink.reject,
      row: (line, cells, raw) =>
        sink.row(
          line,
          indexes.map((index) => cells[index]),
          raw,
        ),
    }
    const wantedCells = Array.from({ length: width }, (_, index) => indexes.includes(index))
    scanner = csvScanner({ ...limits, syntax, wanted: wantedCells, line }, picked)
    scanner.push(start.slice(header.end))
    start = ''
  }

  return {
    push: (text) => (scanner ? scanner.push(text) : open(text, false)),
    end() {
      if (!scanner) open('', true)
      scanner?.end()
    },
  }
}
