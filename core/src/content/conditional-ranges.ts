/**
 * Which stretches of a markup are there for some recipients only, by a condition on their data. Whatever loads or links to a fixed address
 * there tells one thing about the person to whoever serves that address.
 */
import type { Branch, PersonalTokens } from './personal-tokens.ts'
import type { Spot } from './read-spots.ts'

interface Range {
  begin: number
  end: number
}

/** A link with a fixed address. */
export interface FixedLink {
  at: number
  address: string
}

export interface ConditionalRanges {
  overlaps(begin: number, end: number): boolean
  /** Whether a link is there for everybody all the same: outside of conditions as well, or in all branches of one. */
  isForEverybody(link: FixedLink): boolean
}

export function conditionalRanges(
  { root, brokenFrom }: PersonalTokens,
  spots: readonly Spot[],
  links: readonly FixedLink[],
  decidedFrom = Number.POSITIVE_INFINITY,
): ConditionalRanges {
  const ranges: Range[] = []
  const from = Math.min(brokenFrom, decidedFrom)
  let isWhole = from === Number.POSITIVE_INFINITY
  if (!isWhole) ranges.push({ begin: from, end: root.end })
  const collect = (branch: Branch) => {
    for (const block of branch.children)
      for (const inner of block.branches) {
        if (inner.isPersonal) {
          // what begins within a tag or a comment and ends elsewhere decides what all that follows is
          const isClosed =
            contextAt(spots, inner.begin) === contextAt(spots, inner.end) && !changesReading(spots, inner)
          ranges.push({ begin: inner.begin, end: isClosed ? inner.end : root.end })
          isWhole &&= isClosed
        }
        collect(inner)
      }
  }
  collect(root)
  const merged = merge(ranges)
  const sure = new Map<Branch, Set<string>>()
  return {
    overlaps(begin, end) {
      const at = firstEndingAfter(merged, begin)
      return at !== undefined && at.begin < Math.max(end, begin + 1)
    },
    isForEverybody({ at, address }) {
      return isWhole && always(unconditional(root, at), links, sure).has(address)
    },
  }
}

function merge(ranges: Range[]): Range[] {
  const merged: Range[] = []
  for (const { begin, end } of ranges
    .filter((one) => one.end > one.begin)
    .sort((a, b) => a.begin - b.begin)) {
    const last = merged.at(-1)
    if (last && begin <= last.end) last.end = Math.max(last.end, end)
    else merged.push({ begin, end })
  }
  return merged
}

function firstEndingAfter(ranges: readonly Range[], offset: number): Range | undefined {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.end ?? 0) > offset) high = middle
    else low = middle + 1
  }
  return ranges[low]
}

/** What stands in them is read in another way than elsewhere, or not at all. */
const enclosing = new Set(
  'audio canvas iframe math noembed noframes noscript object picture plaintext script select style svg template textarea title video xmp'.split(
    ' ',
  ),
)
/** They change how others are read, and have no end. */
const decisive = new Set(['base', 'meta', 'source', 'plaintext'])

/** Whether what follows a stretch is read in another way when it is there: a `<template>` that begins in it, a `<!doctype …>`. */
function changesReading(spots: readonly Spot[], { begin, end }: Range): boolean {
  const open: string[] = []
  for (const spot of spots
    .filter((one) => one.begin < end && one.end > begin)
    .sort((a, b) => a.begin - b.begin)) {
    if (spot.kind === 'deciding') {
      // a whole comment may be there, or not
      const isWithin = begin < spot.begin && spot.end <= end
      if (!isWithin) return true
    } else if (spot.kind === 'tag' && spot.begin >= begin) {
      const { element } = spot
      if (decisive.has(element) && open.length === 0) return true
      if (enclosing.has(element) && open.at(-1) !== element) open.push(element)
    } else if (spot.kind === 'closed' && enclosing.has(spot.closes ?? '')) {
      if (open.pop() === undefined) return true
    }
  }
  return open.length > 0
}

/** What an offset lies in: a value, a tag, comments. */
function contextAt(spots: readonly Spot[], offset: number): string {
  return spots
    .filter(({ kind, begin, end }) => kind !== 'text' && begin <= offset && offset <= end)
    .filter(({ kind, begin, end }) => kind === 'attribute' || (begin < offset && offset < end))
    .map(({ kind, begin }) => `${kind} ${begin}`)
    .join()
}

/** The innermost branch around an offset that no personal block is around. */
function unconditional(root: Branch, at: number): Branch {
  const block = root.children.find(({ branches }) => branches.some((branch) => isIn(branch, at)))
  const branch = block?.branches.find((one) => isIn(one, at))
  return branch === undefined || block?.isPersonal ? root : unconditional(branch, at)
}

const isIn = ({ begin, end }: Branch, at: number) => begin <= at && at < end

/** Addresses that a branch links to whenever it is rendered. */
function always(
  branch: Branch,
  links: readonly FixedLink[],
  known: Map<Branch, Set<string>>,
): ReadonlySet<string> {
  const found = known.get(branch)
  if (found) return found
  const own = links.filter(
    ({ at }) =>
      isIn(branch, at) && !branch.children.some(({ branches }) => branches.some((one) => isIn(one, at))),
  )
  const all = new Set(own.map(({ address }) => address))
  known.set(branch, all)
  for (const { tag, hasElse, branches } of branch.children) {
    if (!hasElse || tag === 'for' || tag === 'tablerow' || tag === 'capture') continue
    // what stands before the first `when` is never rendered
    const [first, ...others] = branches.slice(tag === 'case' ? 1 : 0)
    if (first === undefined) continue
    for (const address of always(first, links, known))
      if (others.every((one) => always(one, links, known).has(address))) all.add(address)
  }
  return all
}
