/** Why a value is refused. Stable: programs read it, in rejected rows and in results of a batch. */
export type ValueCode =
  | 'invalid_email'
  | 'invalid_phone'
  | 'invalid_text'
  | 'invalid_locale'
  | 'invalid_timezone'
  | 'invalid_number'
  | 'invalid_boolean'
  | 'invalid_date'
  | 'invalid_datetime'
  | 'invalid_choice'
  | 'invalid_url'

/** A value made fit to be stored, or why it cannot be. `detail` says what is expected and never repeats the value. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; code: ValueCode; detail: string }

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function refused(code: ValueCode, detail: string): { ok: false; code: ValueCode; detail: string } {
  return { ok: false, code, detail }
}

/** What nothing was written in: a cell left empty, a `null`. */
export function isBlank(value: unknown): value is null | undefined | string {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
}
