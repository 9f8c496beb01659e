/** A condition of a segment's rule, as it was stored. */
export interface Condition {
  field: string
  op: unknown
  value?: unknown
}

export const isCondition = (value: unknown): value is Condition =>
  typeof value === 'object' &&
  value !== null &&
  'field' in value &&
  'op' in value &&
  typeof value.field === 'string'
