/** What stands at the ends of a value, with its place: `data.email`. Lists have no number. */
export function* leavesOf(value: unknown, at = ''): Iterable<{ at: string; value: unknown }> {
  if (Array.isArray(value)) for (const part of value) yield* leavesOf(part, at)
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value))
      yield* leavesOf(part, at === '' ? name : `${at}.${name}`)
  else yield { at, value }
}
