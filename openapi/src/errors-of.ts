/** What an operation may refuse with, as its contract says and its kind implies. */
import { commonErrors, type ErrorCode, errors, securedErrors } from './errors.ts'
import { type OperationSpec, trialLimitOf } from './operation.ts'

/** Whether an `Idempotency-Key` is heeded. */
export const isRepeatable = ({ method, form, answersTokens }: OperationSpec) =>
  method === 'POST' && form === undefined && answersTokens !== true

const repeatErrors = [
  'idempotency_answer_withheld',
  'idempotency_in_flight',
  'idempotency_key_reused',
] as const

/** All codes an operation may answer: its own, those that everything may, and those of secured operations. */
export function errorsOf(operation: OperationSpec): ErrorCode[] {
  const secured =
    operation.access === 'public'
      ? []
      : operation.access === 'operator'
        ? (['unauthenticated'] as const)
        : securedErrors
  const posts = isRepeatable(operation) ? repeatErrors : []
  const proofs = operation.recentProof === undefined ? [] : (['proof_required'] as const)
  const trials = trialLimitOf(operation) === undefined ? [] : (['trial_restricted'] as const)
  const bodies =
    operation.body === undefined && operation.upload === undefined && operation.form === undefined
      ? []
      : (['payload_too_large', 'unsupported_media_type'] as const)
  return [
    ...new Set<ErrorCode>([
      ...commonErrors,
      ...secured,
      ...proofs,
      ...trials,
      ...posts,
      ...bodies,
      ...(operation.errors ?? []),
    ]),
  ]
}

/** The same by status, lowest first. */
export function errorsByStatus(operation: OperationSpec): [string, ErrorCode[]][] {
  const byStatus = new Map<string, ErrorCode[]>()
  for (const code of errorsOf(operation)) {
    const status = String(errors[code].status)
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return [...byStatus].sort(([a], [b]) => Number(a) - Number(b))
}
