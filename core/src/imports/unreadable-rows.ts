import { ImportFileError } from './import-file-error.ts'
import type { RowCode } from './row-sink.ts'

/** So many rows that cannot be read, when they are most of the file so far, are no accident of some rows. */
const most = 1_000

/**
 * Watches the rows that cannot be read. A file in which they are the most is not what it was said to be (its quotes, its delimiter, its
 * columns), and its owner wants to know that at once, at the line where it began: not after millions of lines, each in the error file.
 *
 * @throws ImportFileError `rows_unreadable`
 */
export function unreadableRows() {
  let read = 0
  let unreadable = 0
  let first: { line: number; code: RowCode } | undefined
  return {
    isRead() {
      read++
    },
    isNot(line: number, code: RowCode) {
      unreadable++
      first ??= { line, code }
      if (unreadable > most && unreadable > read)
        throw new ImportFileError(
          'rows_unreadable',
          `${unreadable} of the first ${read + unreadable} rows cannot be read, from line ${first.line} on (${first.code})`,
          first.line,
        )
    },
  }
}
