import type { Context } from '../context.ts'
import { verifyLedgerSql } from './verify-ledger.sql.ts'

export interface LedgerVerdict {
  lines: number
  contacts: number
  firstBreak: { contactId: string; sequence: number; problem: LedgerProblem } | null
}

export type LedgerProblem =
  | 'line_changed'
  | 'line_missing'
  | 'tail_missing'
  | 'line_foreign'
  | 'state_changed'

interface Row {
  lines: number
  contacts: number
  contact_id: string | null
  sequence: number
  problem: LedgerProblem
}

/** Recomputes the ledger of the account, or of one contact, and names the first place where it does not hold. */
export async function verifyLedger(context: Context, contactId?: string): Promise<LedgerVerdict> {
  const [row] = await context.db.$queryRaw<Row[]>(verifyLedgerSql(context.accountId, contactId))
  if (row === undefined) throw new Error('the verification of the ledger gave no row')
  const { lines, contacts, contact_id, sequence, problem } = row
  return {
    lines,
    contacts,
    firstBreak: contact_id === null ? null : { contactId: contact_id, sequence, problem },
  }
}
