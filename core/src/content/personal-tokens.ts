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
const naming =
  /\b(?:assign|capture|for|tablerow|increment|decrement)\s+(?:'((?:\\(?:.|$)|[^'\\])*)'?|"((?:\\(?:.|$)|[^"\\])*)"?|([\w?\x80-\uffff-]+))/gs
/** A backslash takes the meaning from the quote after it, as Liquid reads it. */
const quoted = /'(?:\\(?:.|$)|[^'\\])*'?|"(?:\\(?:.|$)|[^"\\])*"?/gs
/** As Liquid reads names: all that is not ASCII may stand in them. */
const identifier = /[\w?\x80-\uffff-]+/g
const blocks = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture'])
const mask = /\uFDD0(\d+)\uFDD1/g

type Token = Masked['tokens'][number]

/** A token where it stands in the markup, which is where it is run. */
export interface Placed extends Token {
  number: number
  at: number
  length: number
}

/** What lies between two tags of a block: `if` and `else`, `else` and `endif`. */
export interface Branch {
  begin: number
  end: number
  /** Whether it is a person's data that decides if it is rendered. */
  isPersonal: boolean
  children: Block[]
}

export interface Block {
  tag: string
  name: string | undefined
  branches: Branch[]
  /** One of its branches is always rendered. */
  hasElse: boolean
  isPersonal: boolean
}

export interface PersonalTokens {
  /** Numbers of the tokens, as `Masked` counts them. */
  numbers: ReadonlySet<number>
  /** Names that the template gives itself to what is personal. */
  names: ReadonlySet<string>
  /** The whole markup, as a branch that is always rendered. */
  root: Branch
  /** Where a `break` that depends on the person ends everything that follows; its loop, if there is one, is personal instead. */
  brokenFrom: number
}

export function personalTokens(masked: Masked): PersonalTokens {
  const placed = placedTokens(masked)
  const names = new Set<string>()
  const state: Walk = { names, loops: new Set(), brokenFrom: Number.POSITIVE_INFINITY }
  for (let known = -1; known < names.size + state.loops.size; ) {
    known = names.size + state.loops.size
    // a derived text has lost some of the tags
    walk(inOrder(masked.tokens), state)
    state.brokenFrom = Number.POSITIVE_INFINITY
    walk(placed, state)
  }
  const root = walk(placed, state)
  root.end = masked.markup.length
  const numbers = new Set(
    masked.tokens.flatMap(({ text }, number) => (isPersonal(text, names) ? [number] : [])),
  )
  return { numbers, names, root, brokenFrom: state.brokenFrom }
}

/** Tokens as they are run; what is in a comment of Liquid is not. */
export function placedTokens({ markup, tokens }: Masked): Placed[] {
  const placed: Placed[] = []
  for (const { 0: written, 1: number, index } of markup.matchAll(mask)) {
    const token = tokens[Number(number)]
    if (token) placed.push({ ...token, number: Number(number), at: index, length: written.length })
  }
  return withoutComments(placed)
}

const inOrder = (tokens: Masked['tokens']): Placed[] =>
  withoutComments(tokens.map((token, number) => ({ ...token, number, at: 0, length: 0 })))

function withoutComments(tokens: Placed[]): Placed[] {
  let isIn = false
  return tokens.filter(({ tag }) => {
    const was = isIn
    if (tag === 'comment') isIn = true
    if (tag === 'endcomment') isIn = false
    return !was && !isIn
  })
}

interface Walk {
  names: Set<string>
  /** Loops, by the number of their tag, that a person's data can leave early. */
  loops: Set<number>
  brokenFrom: number
}

function walk(tokens: readonly Placed[], state: Walk): Branch {
  const { names, loops } = state
  const root: Branch = { begin: 0, end: 0, isPersonal: false, children: [] }
  const open: (Block & { number: number })[] = []
  for (const { tag, text, number, at, length } of tokens) {
    const personal = isPersonal(text, names) || loops.has(number)
    const current = open.at(-1)
    if (tag?.startsWith('end') && blocks.has(tag.slice(3))) {
      const closed = open.pop()
      endBranch(closed, at)
      if (closed?.tag === 'capture' && closed.isPersonal && closed.name !== undefined) names.add(closed.name)
      continue
    }
    const made = tag === null ? [] : namesIn(text)
    if (personal) for (const block of open) if (block.tag === 'capture') block.isPersonal = true
    if (current && (tag === 'elsif' || tag === 'when' || tag === 'else')) {
      // what follows in the block depends on it
      if (personal) current.isPersonal = true
      endBranch(current, at)
      if (tag === 'else') current.hasElse = true
      beginBranch(current, at + length)
      continue
    }
    const depends = personal || open.some((block) => block.tag !== 'capture' && block.isPersonal)
    if (depends && tag !== 'capture') for (const name of made) names.add(name)
    if (depends && (tag === 'for' || tag === 'tablerow')) names.add(`${tag}loop`)
    // where they have got to is kept outside of all variables
    if (depends && (tag === 'cycle' || /\bcycle\b/.test(text))) names.add('cycle')
    if (depends && tag === 'for') names.add('continue')
    if (depends && leavesEarly(tag, text)) {
      // a table's rows do not end with it: it goes on to what is around
      const loop = open.findLast((block) => block.tag === 'for')
      if (loop) loops.add(loop.number)
      else state.brokenFrom = Math.min(state.brokenFrom, at)
    }
    if (tag !== null && blocks.has(tag)) {
      const isOwn = tag === 'capture' ? depends : personal
      const block = { tag, name: made[0], branches: [], hasElse: false, isPersonal: isOwn, number }
      const parent = current?.branches.at(-1) ?? root
      parent.children.push(block)
      open.push(block)
      beginBranch(block, at + length)
    }
  }
  return root
}

const leavesEarly = (tag: string | null, text: string) =>
  tag === 'break' || tag === 'continue' || (tag === 'liquid' && /\b(?:break|continue)\b/.test(text))

function beginBranch(block: Block, begin: number): void {
  const isPersonal = block.tag !== 'capture' && block.isPersonal
  block.branches.push({ begin, end: begin, isPersonal, children: [] })
}

function endBranch(block: Block | undefined, end: number): void {
  const branch = block?.branches.at(-1)
  if (branch) branch.end = end
}

/** What stands between the delimiters, whose hyphens are no part of a name. `{% liquid %}` holds a statement, or a remark, in each line. */
function statementsOf(text: string): string[] {
  const inside = text.replace(/^\{[{%]-?/, ' ').replace(/-?[}%]\}$/, ' ')
  return /^\s*liquid\b/.test(inside) ? inside.split('\n') : [inside]
}

/** The names that a tag gives. */
const namesIn = (text: string) =>
  statementsOf(text).flatMap((one) =>
    [...one.matchAll(naming)].map(([, single, double, bare]) => single ?? double ?? bare ?? ''),
  )

export function isPersonal(text: string, names: ReadonlySet<string>): boolean {
  const written = statementsOf(text).map((one) => one.replace(quoted, "''"))
  if (written.some((one) => computedRoot.test(one))) return true
  const words = new Set(
    written.flatMap((one) => (one.match(identifier) ?? []).flatMap((word) => word.split(/\s/))),
  )
  return [...personalRoots, ...names].some((name) => words.has(name))
}
