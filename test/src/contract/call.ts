import { exampleOf } from '@envoi/openapi'
import { fillPath, type NamedOperation, pathParameters } from './operations.ts'

export interface Answered {
  status: number
  problem: { code: string; instance: string; detail?: string } | undefined
  text: string
}

const absent = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'

/** Ids of resources that nobody has. */
export const absentIds = (path: string) =>
  Object.fromEntries(pathParameters(path).map((name) => [name, absent]))

/** Calls an operation as its examples say, with the values of its path; `instead`: another body than that of the example. */
export async function callByExample(
  url: string,
  token: string | undefined,
  { operation }: NamedOperation,
  values: Record<string, string> = absentIds(operation.path),
  instead?: unknown,
): Promise<Answered> {
  const upload = Object.keys(operation.upload ?? {})[0]
  const body =
    upload !== undefined
      ? 'a,b\n'
      : operation.body === undefined
        ? undefined
        : JSON.stringify(instead ?? exampleOf(operation.body))
  const response = await fetch(url + fillPath(operation.path, values) + requiredQuery(operation.query), {
    method: operation.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': upload ?? 'application/json' }),
    },
    body,
  })
  const text = await response.text()
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true
  return { status: response.status, problem: isProblem ? JSON.parse(text) : undefined, text }
}

/** The parameters that a query must have, with their examples. */
function requiredQuery(query: NamedOperation['operation']['query']): string {
  const needed = (query?.required ?? []).flatMap((name) => {
    const schema = query?.properties[name]
    return schema === undefined ? [] : [`${name}=${encodeURIComponent(String(exampleOf(schema)))}`]
  })
  return needed.length === 0 ? '' : `?${needed.join('&')}`
}
