/**
 * An address that is computed from the contact tells who asks for it, whatever server it leads to: `<img src="https://…?e={{
 * contact.email }}">` is a pixel of individual tracking, and so is a link with an id in it. A fixed address that stands in a
 * condition on the contact tells as much as the condition. The law asks the same for them as for ours (directive 2002/58/EC art.
 * 5(3), CNIL délibération 2026-042), so they pass the same gate: without it, what is personal in them is left out when the
 * message is rendered (identifying-tag.ts). Here they are found, in the HTML that leaves, whatever the author wrote it in.
 */
import { activeIn } from './active-content.ts'
import type { ContentPart, ContentWarning } from './content-error.ts'
import { type Edit, Gates } from './gates.ts'
import { type Masked, unmaskLiquid } from './mask-liquid.ts'
import { readSpots, type Spot } from './read-spots.ts'

export interface IdentifyingAddresses {
  /** What to put into the masked markup. */
  edits: Edit[]
  /** Where values begin that are there for some contacts only. */
  conditional: ReadonlySet<number>
  warnings: ContentWarning[]
}

export function identifyingAddresses(part: ContentPart, masked: Masked): IdentifyingAddresses {
  const spots = readSpots(masked.markup)
  const found = new Gates(part, masked, spots)
  const active: ContentWarning[] = []
  for (const spot of spots) {
    const written = unmaskLiquid(masked.markup.slice(spot.begin, spot.end), masked)
    active.push(...activeIn(part, spot, written), ...found.computedMarkup(spot))
    if (spot.kind === 'attribute') found.readAttribute(spot, written)
    else if (spot.kind === 'style') found.readStyle(spot)
    else if (spot.kind === 'text') found.readMarkup(spot)
  }
  for (const run of runsOf(spots)) found.readText(run)
  return {
    edits: found.edits(),
    conditional: found.conditionalValues,
    warnings: [...found.warnings(), ...active.slice(0, 20)],
  }
}

/** The same of a plain text, where an address is what looks like one. */
export function withoutIdentifyingAddresses(
  part: ContentPart,
  masked: Masked,
): { source: string; warnings: ContentWarning[] } {
  const found = new Gates(part, masked, [])
  found.readText([{ begin: 0, end: masked.markup.length }])
  return { source: insertEdits(masked.markup, found.edits()), warnings: found.warnings() }
}

function insertEdits(markup: string, edits: readonly Edit[]): string {
  let source = ''
  let last = 0
  for (const { offset, insert } of edits.toSorted((a, b) => a.offset - b.offset)) {
    source += markup.slice(last, offset) + insert
    last = offset
  }
  return source + markup.slice(last)
}

/** Texts with nothing between that ends a word. */
function runsOf(spots: readonly Spot[]): { begin: number; end: number }[][] {
  const runs: { begin: number; end: number }[][] = [[]]
  for (const spot of [...spots].sort((a, b) => a.begin - b.begin)) {
    if (spot.kind === 'gap' || spot.kind === 'style') runs.push([])
    else if (spot.kind === 'text') runs.at(-1)?.push(spot)
  }
  return runs.filter((run) => run.length > 0)
}
