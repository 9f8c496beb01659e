import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { lockAccount } from '../users/lock-account.ts'
import { settleSenderDomain } from '../verification/settle-steps.ts'
import { checkRecords } from './dns-records.ts'
import { getSenderDomain } from './read-sender-domains.ts'

/**
 * Looks the records up now. What the operator has vouched for stays verified whatever DNS says; and nothing changes while no
 * name server answers: that a resolver is away says nothing about the domain.
 */
export async function verifySenderDomain(context: Context, id: string) {
  const domain = await getSenderDomain(context, id)
  const checks = await checkRecords(domain, context.settings.dnsServers)
  const dkim = checks.find(({ purpose }) => purpose === 'dkim')?.status
  const now = context.clock.now()
  const verdict =
    dkim === 'found'
      ? { status: 'verified' as const, verifiedBy: 'dns', verifiedAt: now }
      : dkim === 'unknown' || domain.verifiedBy === 'operator'
        ? {}
        : { status: 'failed' as const, verifiedBy: null, verifiedAt: null }
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    await tx.db.senderDomain.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: {
        ...verdict,
        checks: checks.map(({ purpose, status }) => ({ purpose, status })),
        version: { increment: 1 },
        updatedAt: now,
      },
    })
    await settleSenderDomain(tx)
    await recordAudit(tx, { target: { type: 'sender_domain', id }, changed: ['status'] })
    return getSenderDomain(tx, id)
  })
}
