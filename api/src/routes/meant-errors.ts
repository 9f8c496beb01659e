import type { ErrorObject } from 'ajv'

/**
 * A value that fits none of several alternatives (`anyOf`) fails once for each. Of an object, keeps what is wrong with
 * the alternatives it was meant as, those that have a property of its own: who misspells the operator of a condition is
 * told so, not that `all`, `any`, `not` … are missing. Needs errors with their data and schema (`verbose`).
 */
export function meantErrors(errors: ErrorObject[]): ErrorObject[] {
  const unions = new Set(errors.filter(({ keyword, data }) => keyword === 'anyOf' && isObject(data)))
  if (unions.size === 0) return errors
  const paths = pathsOf(unions)
  const meant = errors.filter(
    (error) =>
      !unions.has(error) &&
      (!paths.has(error.instancePath) ||
        !isObject(error.data) ||
        sharesProperty(error.parentSchema, error.data)),
  )
  const told = pathsOf(meant)
  const [aboveTold, aboveUnions] = [pathsAbove(told), pathsAbove(paths)]
  const isTold = (path: string) => told.has(path) || aboveTold.has(path)
  return [
    ...meant,
    ...[...unions].filter(({ instancePath }) => !isTold(instancePath) && !aboveUnions.has(instancePath)),
  ]
}

const pathsOf = (errors: Iterable<ErrorObject>) =>
  new Set([...errors].map(({ instancePath }) => instancePath))

/** Those within which some of the paths lead. */
function pathsAbove(paths: Set<string>): Set<string> {
  const above = new Set<string>()
  for (const path of paths)
    for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end)
      // what is above it has been entered as well
      if (above.has(parent)) break
      above.add(parent)
      if (end === 0) break
    }
  return above
}

function sharesProperty(schema: ErrorObject['parentSchema'], data: object): boolean {
  const properties: unknown = schema?.properties
  return isObject(properties) && Object.keys(data).some((key) => Object.hasOwn(properties, key))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
