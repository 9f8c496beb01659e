import type { ErrorObject } from 'ajv'

/**
 * A value that fits none of several alternatives (`anyOf`) fails once for each. Of an object, keeps what is wrong with
 * the alternatives it was meant as, those that have a property of its own: who misspells the operator of a condition is
 * told so, not that `all`, `any`, `not` … are missing. Needs errors with their data and schema (`verbose`).
 */
export function meantErrors(errors: ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(({ keyword, data }) => keyword === 'anyOf' && isObject(data))
  if (unions.length === 0) return errors
  const paths = new Set(unions.map(({ instancePath }) => instancePath))
  const meant = errors.filter(
    (error) =>
      !unions.includes(error) &&
      (!paths.has(error.instancePath) ||
        !isObject(error.data) ||
        sharesProperty(error.parentSchema, error.data)),
  )
  const told = (path: string) =>
    meant.some(({ instancePath }) => instancePath === path || instancePath.startsWith(`${path}/`))
  return [
    ...meant,
    ...unions.filter(({ instancePath }, index) => !told(instancePath) && isDeepest(unions, index)),
  ]
}

function isDeepest(unions: ErrorObject[], index: number): boolean {
  const path = unions[index]?.instancePath
  return !unions.some(({ instancePath }) => instancePath.startsWith(`${path}/`))
}

function sharesProperty(schema: ErrorObject['parentSchema'], data: object): boolean {
  const properties: unknown = schema?.properties
  return isObject(properties) && Object.keys(data).some((key) => Object.hasOwn(properties, key))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
