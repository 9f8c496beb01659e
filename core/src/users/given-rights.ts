import { invalid } from '../errors.ts'
import type { Rights } from './rights.ts'

interface Given {
  role?: string
  permissions?: string[]
}

/** A role or an exact set, as asked for; undefined when neither is. */
export function givenRights({ role, permissions }: Given): Rights | undefined {
  if (role !== undefined && permissions !== undefined)
    throw invalid('/permissions', 'and `role` cannot both be given: a role is a set of permissions')
  if (role === undefined && permissions === undefined) return undefined
  return { role: role ?? null, permissions: permissions ?? [] }
}
