/**
 * The linter's own `no-ambiguous-paths`, with one thing more: an id is a UUID, so `/v1/contacts/{contactId}/export` and
 * `/v1/contacts/by-email/{email}` are never the same address, as `by-email` is no UUID.
 */
const isParameter = (part) => /^\{.+\}$/.test(part)
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The names of a path's parameters that are ids. */
function idsOf(item) {
  const parameters = Object.values(item).flatMap((operation) => operation?.parameters ?? [])
  const ids = parameters.filter(({ in: place, schema }) => place === 'path' && schema?.format === 'uuid')
  return new Set(ids.map(({ name }) => `{${name}}`))
}

/** Whether there is an address that both paths describe, one no more precisely than the other. */
function areAmbiguous([a, itemA], [b, itemB]) {
  const [partsA, partsB] = [a.split('/'), b.split('/')]
  if (partsA.length !== partsB.length) return false
  const [idsA, idsB] = [idsOf(itemA), idsOf(itemB)]
  const meet = (part, ids, other) => !isParameter(other) && (!ids.has(part) || uuid.test(other))
  const everyPartMeets = partsA.every((part, index) => {
    const other = partsB[index]
    if (isParameter(part) && isParameter(other)) return true
    if (isParameter(part)) return meet(part, idsA, other)
    if (isParameter(other)) return meet(other, idsB, part)
    return part === other
  })
  const count = (parts) => parts.filter(isParameter).length
  return everyPartMeets && count(partsA) === count(partsB)
}

const NoAmbiguousPaths = () => ({
  Paths(paths, { report, location }) {
    const seen = []
    for (const entry of Object.entries(paths)) {
      const other = seen.find((earlier) => areAmbiguous(earlier, entry))
      if (other !== undefined)
        report({
          message: `\`${other[0]}\` and \`${entry[0]}\` describe the same address.`,
          location: location.child([entry[0]]).key(),
        })
      seen.push(entry)
    }
  },
})

export default function envoi() {
  return { id: 'envoi', rules: { oas3: { 'no-ambiguous-paths': NoAmbiguousPaths } } }
}
