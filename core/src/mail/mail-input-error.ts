/** What is wrong with a field given for a message; snake_case, stable, free of the value itself (it is personal data). */
export type MailInputErrorCode =
  | 'address_invalid'
  | 'address_not_ascii'
  | 'control_character'
  | 'date_invalid'
  | 'dkim_key_invalid'
  | 'header_name_invalid'
  | 'header_not_allowed'
  | 'header_not_ascii'
  | 'header_too_long'
  | 'message_id_invalid'
  | 'message_malformed'
  | 'smtp_url_invalid'

/** Thrown before anything is sent when a message cannot be written safely. Names the field, never its value. */
export class MailInputError extends Error {
  override readonly name = 'MailInputError'

  readonly code: MailInputErrorCode
  /** Dotted path of the culprit: `to.name`, `subject`, `headers.List-Id`. */
  readonly field: string

  constructor(code: MailInputErrorCode, field: string, detail: string) {
    super(`${field}: ${detail}`)
    this.code = code
    this.field = field
  }
}
