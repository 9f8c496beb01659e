import { undecodable } from './decode-text.ts'

/** A row of the file, its values in the order of the wanted columns. */
export interface Row {
  /** The line of the file where the row begins, from 1; a row with new lines in quotes takes several. */
  line: number
  /** Text for CSV; any JSON value for NDJSON, undefined where the object has no such key. */
  cells: unknown[]
  /** As it is in the file: what goes to the error file if the row is refused later. */
  raw: string
}

export type RowCode =
  | 'invalid_encoding'
  | 'nul_byte'
  | 'cell_count'
  | 'cell_too_long'
  | 'row_too_long'
  | 'quotes_misplaced'
  | 'invalid_json'
  | 'column_unmapped'

/** A row that cannot be read. The rest of the file can. */
export interface RejectedRow {
  line: number
  code: RowCode
  detail: string
  /** The row as {@link printableRow} shows it. */
  row: string
}

export interface RowSink {
  row(line: number, cells: unknown[], raw: string): void
  reject(line: number, code: RowCode, detail: string, raw: string): void
}

export interface RowLimits {
  /** Characters in one row. A longer one is read over, not kept. */
  maxRow: number
  /** Characters in one cell. */
  maxCell: number
}

/** What of the file is asked for. */
export interface WantedColumns {
  /** Headers or keys whose values are wanted, in this order. */
  columns: readonly string[]
  /** Others that may be there; undefined: all may. */
  others?: readonly string[] | undefined
}

/** A parser is given the text piece by piece, and tells the sink. */
export interface RowParser {
  push(text: string): void
  /** The text is complete. */
  end(): void
}

const shownCharacters = 2_000

/** A row as it can be shown and stored: PostgreSQL text holds no NUL, and what could not be decoded is U+FFFD. */
export function printableRow(raw: string): string {
  const shown = raw.length > shownCharacters ? `${raw.slice(0, shownCharacters)}…` : raw
  return shown.replaceAll('\0', '\u2400').replaceAll(undecodable, '\uFFFD').replace(loneSurrogate, '\uFFFD')
}

// Cutting at a length may cut a character in two; JSON may escape half of one.
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** Why no text with these characters can be taken, if it has any. */
export function unreadable(raw: string): { code: RowCode; detail: string } | undefined {
  if (raw.includes(undecodable))
    return { code: 'invalid_encoding', detail: "bytes that are no text in the file's encoding" }
  if (raw.includes('\0')) return { code: 'nul_byte', detail: 'a NUL character' }
  return undefined
}
