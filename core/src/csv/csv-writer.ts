/**
 * CSV as others can read it: RFC 4180 (CRLF, quotes doubled), in UTF-8 with a byte order mark, without which Excel takes it for
 * the local code page. A cell that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage
 * return) gets an apostrophe before it: values come from strangers, and a formula can send what else is in the sheet elsewhere
 * (OWASP, CSV injection).
 */
import type { Transform } from 'node:stream'
import { type Options, stringify } from 'csv-stringify'
import { stringify as stringifyAtOnce } from 'csv-stringify/sync'

export type CsvCell = string | number | boolean | Date | null

const options = (columns: readonly string[]): Options => ({
  header: true,
  columns: [...columns],
  bom: true,
  record_delimiter: 'windows',
  escape_formulas: true,
  cast: {
    boolean: (value) => String(value),
    date: (value) => value.toISOString(),
  },
})

/** Rows to text. For what is small; a file of any size is written with `csvWriter`. */
export function toCsv(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return stringifyAtOnce([...rows], options(columns))
}

/** A stream that takes rows (arrays of cells) and gives text, the header first. */
export function csvWriter(columns: readonly string[]): Transform {
  return stringify(options(columns))
}
