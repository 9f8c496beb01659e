import type { AccountClosure } from '@envoi/prisma'

export interface ClosureReceipt {
  step: 'requested' | 'cancelled' | 'archived' | 'deleted' | 'destroyed'
  at: Date
  /** By table. */
  rows: Record<string, number> | null
  archive: { bytes: number; sha256: string } | null
  /** How to see for oneself that it is so. */
  check: string
}

/** A receipt of each step that was taken, in their order. */
export function closureReceipts(closure: AccountClosure): ClosureReceipt[] {
  const { requestedAt, cancelledAt, sealedAt, archivedAt, destroyedAt } = closure
  const { archiveBytes, archiveSha256, archived, deleted } = closure
  const archive = archiveSha256 === null ? null : { bytes: Number(archiveBytes), sha256: archiveSha256 }
  const none = { rows: null, archive: null }
  const taken = [
    { step: 'requested' as const, at: requestedAt, ...none },
    { step: 'cancelled' as const, at: cancelledAt, ...none },
    { step: 'archived' as const, at: sealedAt, rows: archived as Record<string, number>, archive },
    { step: 'deleted' as const, at: archivedAt, rows: deleted as Record<string, number>, archive: null },
    { step: 'destroyed' as const, at: destroyedAt, rows: null, archive },
  ]
  return taken.flatMap(({ at, ...receipt }) =>
    at === null ? [] : [{ ...receipt, at, check: checks[receipt.step] }],
  )
}

const checks: Record<ClosureReceipt['step'], string> = {
  requested: 'Whatever changes something in the account is refused with `account_closing`.',
  cancelled: 'The account has the status again that it had before.',
  archived:
    'The file of the archive has this length and this SHA-256; the operator opens it with `npm run archive:open`, which counts its rows and verifies the sealed logs in it.',
  deleted: 'No table holds a row with the id of the account, but for the account itself and this closing.',
  destroyed:
    'There is neither a file nor a key of the archive any more; a copy that has this SHA-256 cannot be opened.',
}
