import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { checkRecords } from './dns-records.ts'
import { getSenderDomain } from './read-sender-domains.ts'

/** Looks the records up now. What the operator has vouched for stays verified whatever DNS says. */
export async function verifySenderDomain(context: Context, id: string, servers?: string[]) {
  const domain = await getSenderDomain(context, id)
  const checks = await checkRecords(domain, servers)
  const found = checks.some(({ purpose, status }) => purpose === 'dkim' && status === 'found')
  const now = context.clock.now()
  const verdict = found
    ? { status: 'verified' as const, verifiedBy: 'dns', verifiedAt: now }
    : domain.verifiedBy === 'operator'
      ? {}
      : { status: 'failed' as const, verifiedBy: null, verifiedAt: null }
  return transaction(context, async (tx) => {
    await tx.db.senderDomain.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: {
        ...verdict,
        checks: checks.map(({ purpose, status }) => ({ purpose, status })),
        version: { increment: 1 },
        updatedAt: now,
      },
    })
    await recordAudit(tx, { target: { type: 'sender_domain', id }, changed: ['status'] })
    return getSenderDomain(tx, id)
  })
}
