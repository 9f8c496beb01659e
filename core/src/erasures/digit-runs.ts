/**
 * Where digits stand that may be one number: with nothing between, or what numbers are grouped by. As long as they go: a list of
 * numbers is one.
 */
export function* runsOfDigits(text: string): Iterable<number[]> {
  let places: number[] = []
  for (const { index } of text.matchAll(/\d/g)) {
    const end = (places.at(-1) ?? index) + 1
    if (index - end > 3 || !/^[\s.,:_()/-]*$/.test(text.slice(end, index))) {
      if (places.length >= 6) yield places
      places = []
    }
    places.push(index)
  }
  if (places.length >= 6) yield places
}

/** The groups of a run that may be a number together: from the beginning of one to the end of another, of so many digits. */
export function* groupsOfDigits(
  places: readonly number[],
  [fewest, most]: [number, number],
): Iterable<{ from: number; to: number }> {
  for (let first = 0; first < places.length; first++) {
    const from = places[first] ?? 0
    if (first > 0 && from === (places[first - 1] ?? 0) + 1) continue
    for (let last = first + fewest - 1; last < places.length && last < first + most; last++) {
      const place = places[last] ?? 0
      if (places[last + 1] !== place + 1) yield { from, to: place + 1 }
    }
  }
}
