/**
 * How good a password is, by an estimate of how many guesses find it, and by no rule of composition: NIST SP 800-63B-4,
 * section 3.1.1.2, forbids such rules, and asks for a list of what is common, expected or compromised. zxcvbn knows the common
 * ones, words of both languages, keyboard walks, dates and repetitions; what it is told about the account and the person counts
 * as words that everybody tries first.
 */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { invalid } from '../errors.ts'

/** NIST asks for 8 at least beside a second factor, and 15 without. */
export const passwordLength = { min: 8, advised: 15, max: 128 }

/** Of 0 to 4. 3: some 10^8 guesses, which a throttled login never sees, and Argon2id makes dear to who has stolen the hashes. */
const WANTED_SCORE = 3

/**
 * The estimate looks at so many characters: its work grows with their square, and what is hard to guess so far does not become
 * easier. And it tries so few ways to read `4` and `@` as letters: with the 100 it would try, a password made for it keeps a
 * processor busy for three seconds; with these, for a tenth of one. No verdict in our tests depends on more.
 */
const JUDGED_LENGTH = 64
const L33T_READINGS = 5

/** What is known of whom the password is for. */
export interface Known {
  name?: string
  email?: string
  firstName?: string
  lastName?: string
}

/** @throws DomainError `invalid` at the pointer: too short, too long, or too easy to guess */
export async function requireStrongPassword(
  pointer: string,
  password: string,
  about: readonly Known[],
): Promise<void> {
  const { min, max, advised } = passwordLength
  // characters, not bytes: a code point counts as one
  const length = [...password].length
  if (length < min) throw invalid(pointer, `must have at least ${min} characters; ${advised} are advised`)
  if (length > max) throw invalid(pointer, `must have at most ${max} characters`)
  const judged = [...password.normalize('NFC')].slice(0, JUDGED_LENGTH).join('')
  const { score } = (await estimator()).check(judged, forbiddenWords(about))
  if (score < WANTED_SCORE)
    throw invalid(
      pointer,
      `is too easy to guess: several words that do not belong together are better, ${advised} characters are advised`,
    )
}

/** Each name whole, without its spaces, and each of its words. */
function forbiddenWords(about: readonly Known[]): string[] {
  const texts = about.flatMap(({ name, email, firstName, lastName }) => [name, email, firstName, lastName])
  const words = texts.flatMap((text = '') => {
    const parts = text.split(/[^\p{L}\p{N}]+/u)
    return [text, parts.join(''), ...parts]
  })
  return [...new Set([...words, 'envoi'].map((word) => word.toLowerCase()))].filter((word) => word.length > 2)
}

let loading: Promise<ZxcvbnFactory> | undefined

/** Dictionaries of some megabytes: loaded by the first process that needs them, when it does. */
function estimator(): Promise<ZxcvbnFactory> {
  loading ??= load()
  return loading
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, english, french] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
    import('@zxcvbn-ts/language-fr'),
  ])
  return new Factory({
    l33tMaxSubstitutions: L33T_READINGS,
    graphs: common.adjacencyGraphs,
    dictionary: { ...common.dictionary, ...english.dictionary, ...french.dictionary },
  })
}
