import type { Context } from '../context.ts'
import type { LedgerBreak, LedgerProblem } from './ledger-break.ts'
import { verifyLedgerSql } from './verify-ledger.sql.ts'
import { verifySealedLines, verifySeals } from './verify-seals.ts'

export interface LedgerVerdict {
  lines: number
  contacts: number
  firstBreak: LedgerBreak | null
}

/** Of the whole account: also what was sealed. */
export interface AccountLedgerVerdict extends LedgerVerdict {
  sealed: number
  /** Lines that were sealed and went with an erasure. */
  erased: number
  head: string | null
  sealedAt: Date | null
}

interface Row {
  lines: number
  contacts: number
  contact_id: string | null
  sequence: number
  problem: LedgerProblem
}

/** Recomputes the chain of one contact, compares its lines with their seals, and names the first place where it does not hold. */
export async function verifyContactLedger(context: Context, contactId: string): Promise<LedgerVerdict> {
  const verdict = await verifyChains(context, contactId)
  return verdict.firstBreak === null
    ? { ...verdict, firstBreak: await verifySealedLines(context, contactId) }
    : verdict
}

/** Recomputes every chain of the account, compares every line with its seal, and names the first place where it does not hold. */
export async function verifyLedger(context: Context): Promise<AccountLedgerVerdict> {
  const verdict = await verifyChains(context, undefined)
  const { sealed, erased, firstBreak } = await verifySeals(context)
  const last = await context.db.consentSeal.findFirst({
    where: context.scope,
    orderBy: { sequence: 'desc' },
    select: { hash: true, sealedAt: true },
  })
  return {
    ...verdict,
    firstBreak: verdict.firstBreak ?? firstBreak,
    sealed,
    erased,
    head: last === null ? null : Buffer.from(last.hash).toString('hex'),
    sealedAt: last?.sealedAt ?? null,
  }
}

async function verifyChains(context: Context, contactId: string | undefined): Promise<LedgerVerdict> {
  const [row] = await context.db.$queryRaw<Row[]>(verifyLedgerSql(context.accountId, contactId))
  if (row === undefined) throw new Error('the verification of the ledger gave no row')
  const { lines, contacts, contact_id, sequence, problem } = row
  return {
    lines,
    contacts,
    firstBreak:
      contact_id === null ? null : { contactId: contact_id, sequence, lineId: null, seal: null, problem },
  }
}
