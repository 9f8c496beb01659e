import { invalid } from '../errors.ts'
import { normaliseLine } from './normalise.ts'

/** A name, label and the like that must be there, normalised; 422 at its pointer otherwise. */
export function requireLine(pointer: string, value: string, maxLength: number): string {
  const line = normaliseLine(value, maxLength)
  if (!line.ok) throw invalid(pointer, line.detail)
  if (line.value === null) throw invalid(pointer, 'must not be blank')
  return line.value
}
