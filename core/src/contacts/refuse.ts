import { DomainError } from '../errors.ts'
import type { ValueProblem } from './contact-draft.ts'

/** The refusals that have a code of their own in the contract, the gravest first; all others are `invalid`. */
const ownCodes = ['contact_erased', 'instruction_may_infringe', 'conflict'] as const

/** As many as anybody reads. */
const mostTold = 50

/** The problems of one contact as one refusal. `inPath`: the value that came in the path, not in the body. */
export function refuse(problems: ValueProblem[], inPath?: string): DomainError {
  const code = ownCodes.find((own) => problems.some((problem) => problem.code === own)) ?? 'invalid'
  const fields = problems.slice(0, mostTold).map(({ pointer, detail }) => ({
    pointer: pointer === `/${inPath}` ? `/path${pointer}` : pointer,
    detail,
  }))
  const detail = fields
    .slice(0, 3)
    .map((field) => `${field.pointer} ${field.detail}.`)
    .join(' ')
  return new DomainError(code, { detail, fields })
}
