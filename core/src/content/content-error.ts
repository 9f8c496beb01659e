/** The part of a content a problem lies in. */
export type ContentPart = 'subject' | 'mjml' | 'html' | 'text'

/** Where in a part: both count from 1. */
export interface Position {
  line: number
  column: number
}

/** A content that cannot be compiled or rendered; says where, in the source as its author wrote it. */
export class ContentError extends Error {
  override readonly name = 'ContentError'
  readonly part: ContentPart
  readonly line: number
  readonly column: number

  constructor(part: ContentPart, message: string, { line, column }: Position = { line: 1, column: 1 }) {
    super(message)
    this.part = part
    this.line = line
    this.column = column
  }
}

/**
 * A part was not rendered in its time. That may be the content, or a machine that was busy with others just then: unlike the
 * other errors it may be gone when it is tried again.
 */
export class RenderTimeoutError extends ContentError {}

export type WarningCode =
  | 'unsubscribe_link_missing'
  | 'unknown_variable'
  | 'mjml_invalid'
  | 'size_over_clipping_limit'
  | 'identifying_address'
  | 'active_content'

/** Something that does not stop the content from being sent, but that its author should know. */
export interface ContentWarning extends Partial<Position> {
  code: WarningCode
  part: ContentPart
  message: string
}

/** The line and column of an offset. */
export function positionAt(source: string, offset: number): Position {
  const before = source.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/** The offset of a line and column. */
export function offsetAt(source: string, { line, column }: Position): number {
  let lineStart = 0
  for (let passed = 1; passed < line; passed++) lineStart = source.indexOf('\n', lineStart) + 1
  return lineStart + column - 1
}
