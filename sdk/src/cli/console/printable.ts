/**
 * Text of others is shown, never obeyed. Control characters could move the cursor, change the title of the window or hide what is
 * written; those of direction could turn it around. They come out as their number.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** JSON on one line; inside its strings nothing that a terminal obeys either. */
export function printableJson(value: unknown): string {
  return printable(JSON.stringify(value))
}
