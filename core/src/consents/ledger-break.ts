import type { HeadProblem } from '../seals/recorded-heads.ts'

export interface LedgerBreak {
  contactId: string | null
  sequence: number | null
  /** Of a line under a seal. */
  lineId: string | null
  seal: number | null
  problem: LedgerProblem
}

export type LedgerProblem =
  | 'line_changed'
  | 'line_missing'
  | 'tail_missing'
  | 'line_foreign'
  | 'state_changed'
  | 'line_removed'
  | 'line_inserted'
  | HeadProblem
