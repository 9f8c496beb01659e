import { requireLine } from '../contacts/require-line.ts'
import type { Field } from '../database.ts'
import { invalid } from '../errors.ts'

/** The choices of a field, normalised as its values will be. They go with the types that choose, and only with them. */
export function checkedChoices(type: Field['type'], choices: string[]): string[] {
  const chooses = type === 'choice' || type === 'choices'
  if (chooses && choices.length === 0)
    throw invalid('/choices', `must name at least one, for a field of type ${type}`)
  if (!chooses && choices.length > 0)
    throw invalid('/choices', `must be left out, for a field of type ${type}`)
  const lines = choices.map((choice, index) => requireLine(`/choices/${index}`, choice, 200))
  if (new Set(lines).size < lines.length) throw invalid('/choices', 'must differ from each other')
  return lines
}
