import { plainName } from '../plain-name.ts'

const LONGEST = 80

/**
 * The name of an account as it may stand in a mail to somebody who has not chosen to know it: anybody can open an account
 * under the name of an offer with a link, and have a mail sent to anybody. Short, on one line, and nothing in it becomes a link in
 * a mail program: a word joiner (U+2060), which has no width, stands after what would make it one.
 */
export function harmlessName(account: { name: string }): string {
  const name = plainName(account).replace(/\s+/gu, ' ')
  const short = [...name].length > LONGEST ? `${[...name].slice(0, LONGEST - 1).join('')}…` : name
  return short.replace(/[.:/@](?=\S)/g, '$&\u2060')
}
