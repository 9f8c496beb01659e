import { requireLine } from '../contacts/require-line.ts'
import { requirePlainName } from '../plain-name.ts'

/** The first or last name of a user, normalised; 422 at its pointer otherwise. */
export function requirePersonName(pointer: string, value: string): string {
  const name = requireLine(pointer, value, 100)
  requirePlainName(pointer, name)
  return name
}
