/** Why a whole file is refused. A problem of one row never is: see {@link RejectedRow}. */
export type ImportFileCode =
  | 'file_empty'
  | 'file_missing'
  | 'file_too_large'
  | 'file_not_text'
  | 'gzip_invalid'
  | 'gzip_ratio_exceeded'
  | 'header_too_long'
  | 'column_missing'
  | 'column_ambiguous'
  | 'column_unmapped'
  | 'mapping_outdated'
  | 'quote_unclosed'
  | 'quotes_misplaced'
  | 'rows_unreadable'
  | 'import_failed'
  | 'trial_restricted'

/** The file cannot be read as what it claims to be; nothing after `line` was read. */
export class ImportFileError extends Error {
  readonly code: ImportFileCode
  readonly line: number | undefined

  /** `detail` is for the customer, and never repeats a value of the file: it may be personal data. */
  constructor(code: ImportFileCode, detail: string, line?: number) {
    super(detail)
    this.name = 'ImportFileError'
    this.code = code
    this.line = line
  }
}
