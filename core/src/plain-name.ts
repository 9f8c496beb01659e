/**
 * Names that strangers read: of a sender, an account, a company, a purpose, a user. A name may hold nothing that makes another
 * name of it in the eyes of who reads it: no line ends, no characters that turn the direction of what follows (U+202E shows
 * `gpj.exe` as `exe.jpg`: Unicode Technical Report 36, section 2.5), none that cannot be seen.
 *
 * What is taken in is refused with them (`requirePlainName`); what is shown is cleaned of them (`plainName`), since a name may be
 * older than the rule.
 */
import { invalid } from './errors.ts'

/**
 * Control characters, line separators, and what Unicode calls ignorable by default: bidirectional controls, zero-width
 * characters, fillers, tags. But not variation selectors, which belong to emoji and to Japanese names, nor the two joiners.
 */
const unseen =
  /[\p{Cc}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}])\p{Default_Ignorable_Code_Point}/gu

/** Where a joiner changes what is seen: within an emoji, and between letters of the scripts that have cursive or conjunct forms. */
const strayJoiner =
  /(?<!\ufe0f|[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}])(?:\u200c|\u200d)|(?:\u200c|\u200d)(?![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}])/gu

/** The word joiner, which `harmlessName` adds itself: refused in what is given, let through in what is shown. */
const wordJoiner = /\u2060/

/** A name without what cannot be seen in it, on one line. */
export function plainName({ name }: { name: string }): string {
  return name.replace(unseen, ' ').replace(strayJoiner, '').trim()
}

/**
 * Refuses a name that holds what cannot be seen, or nothing that can.
 *
 * @throws DomainError `invalid`
 */
export function requirePlainName(pointer: string, name: string): void {
  if (name.search(unseen) !== -1 || name.search(strayJoiner) !== -1 || wordJoiner.test(name))
    throw invalid(
      pointer,
      'must be one line, without characters that cannot be seen or that change the direction of text',
    )
  if (name !== '' && name.trim() === '') throw invalid(pointer, 'must not be blank')
}

/** Who is behind a message or a page (directive 2000/31/EC art. 5 and 6), in a line; null when the account does not say. */
export function identityLine({ legal }: { legal: unknown }): string | null {
  const { company, address } = (legal ?? {}) as { company?: string | null; address?: string | null }
  const parts = [company, address].filter((part) => part != null && part !== '')
  return parts.length === 0 ? null : plainName({ name: parts.join(', ') })
}
