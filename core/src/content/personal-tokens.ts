/**
 * Which tags and outputs of a template depend on who it is rendered for: they name the contact, the data of one message, one of the
 * recipient's own links, or something that was made from those by `assign`, `capture`, a loop or a condition. Names are looked for as
 * words, not as variables: what is taken for personal by mistake is left out of an address, what is missed tells who opened it.
 */
import type { Masked } from './mask-liquid.ts'

/** Roots of what differs from one recipient to the next. */
const personalRoots = ['contact', 'data', 'unsubscribeUrl', 'preferencesUrl', 'viewUrl']

/** A name that is computed (`[name].email`) may be any. */
const computedRoot = /(?:^|[^\w\])"'.-])\[/
const naming = /\b(?:assign|capture|for|tablerow|increment|decrement)\s+['"]?([\w-]+)/g
const quoted = /'[^']*'|"[^"]*"/g
const blocks = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture'])

export interface PersonalTokens {
  /** Numbers of the tokens, as `Masked` counts them. */
  numbers: ReadonlySet<number>
  /** Names that the template gives itself to what is personal. */
  names: ReadonlySet<string>
}

export function personalTokens({ tokens }: Pick<Masked, 'tokens'>): PersonalTokens {
  const names = new Set<string>()
  for (let known = -1; known < names.size; ) {
    known = names.size
    collectNames(tokens, names)
  }
  const numbers = new Set(tokens.flatMap(({ text }, number) => (isPersonal(text, names) ? [number] : [])))
  return { numbers, names }
}

interface Block {
  tag: string
  name: string | undefined
  isPersonal: boolean
}

function collectNames(tokens: Masked['tokens'], names: Set<string>): void {
  const open: Block[] = []
  for (const { tag, text } of tokens) {
    const personal = isPersonal(text, names)
    if (tag?.startsWith('end') && blocks.has(tag.slice(3))) {
      const closed = open.pop()
      if (closed?.tag === 'capture' && closed.isPersonal && closed.name !== undefined) names.add(closed.name)
      continue
    }
    const made = tag === null ? [] : [...text.matchAll(naming)].map(([, name]) => name ?? '')
    if (personal) {
      for (const block of open) if (block.tag === 'capture') block.isPersonal = true
      // `elsif`, `when`: what follows in the block depends on it
      const branch = open.findLast((block) => block.tag !== 'capture')
      if (branch !== undefined && (tag === 'elsif' || tag === 'when')) branch.isPersonal = true
    }
    const depends = personal || open.some((block) => block.tag !== 'capture' && block.isPersonal)
    if (depends && tag !== 'capture') for (const name of made) names.add(name)
    if (depends && (tag === 'for' || tag === 'tablerow')) names.add(`${tag}loop`)
    if (tag !== null && blocks.has(tag))
      open.push({ tag, name: made[0], isPersonal: tag === 'capture' ? depends : personal })
  }
}

function isPersonal(text: string, names: ReadonlySet<string>): boolean {
  const written = text.replace(/^\{[{%]-?/, ' ').replace(quoted, "''")
  if (computedRoot.test(written)) return true
  const words = new Set(written.match(/[\w-]+/g))
  return [...personalRoots, ...names].some((name) => words.has(name))
}
