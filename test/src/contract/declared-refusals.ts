import type { Contract, ErrorCode } from '@envoi/openapi'

/** Codes that test/src/contract/declared-errors.test.ts and walk.test.ts prove of every operation that declares them. */
export const provenByWalk = [
  'not_found',
  'invalid_cursor',
  'precondition_failed',
  'payload_too_large',
] as const

type CodesOf<O> = O extends { errors: readonly (infer Code extends ErrorCode)[] } ? Code : never
/** `<operation> <code>` of everything declared: a new one does not compile without its example. */
export type DeclaredRefusal = {
  [R in keyof Contract]: {
    [O in keyof Contract[R]['operations'] &
      string]: `${R}.${O} ${Exclude<CodesOf<Contract[R]['operations'][O]>, (typeof provenByWalk)[number]>}`
  }[keyof Contract[R]['operations'] & string]
}[keyof Contract]
