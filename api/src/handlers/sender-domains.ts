import type { SenderDomain as SenderDomainRow } from '@envoi/core/database'
import { createSenderDomain } from '@envoi/core/senders/create-sender-domain'
import { deleteSenderDomain } from '@envoi/core/senders/delete-sender-domain'
import { type DnsRecord, recordsOf } from '@envoi/core/senders/dns-records'
import { getSenderDomain, listSenderDomains } from '@envoi/core/senders/read-sender-domains'
import { verifySenderDomain } from '@envoi/core/senders/verify-sender-domain'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const senderDomainsHandlers = implement(contract.senderDomains, {
  create: async ({ body }, context) => {
    const domain = await createSenderDomain(context, body)
    return created(`/v1/sender-domains/${domain.id}`, presentSenderDomain(domain))
  },
  list: async ({ query }, context) => page(await listSenderDomains(context, query), presentSenderDomain),
  get: async ({ params }, context) =>
    ok(presentSenderDomain(await getSenderDomain(context, params.senderDomainId))),
  verify: async ({ params }, context) =>
    ok(presentSenderDomain(await verifySenderDomain(context, params.senderDomainId))),
  delete: async ({ params }, context) => {
    await deleteSenderDomain(context, params.senderDomainId)
    return noContent()
  },
})

/** The private key never leaves the database. */
export function presentSenderDomain(domain: SenderDomainRow) {
  const seen = domain.checks as Pick<DnsRecord, 'purpose' | 'status'>[]
  return {
    id: domain.id,
    domain: domain.domain,
    status: domain.status,
    verifiedBy: domain.verifiedBy as 'dns' | 'operator' | null,
    verifiedAt: domain.verifiedAt?.toISOString() ?? null,
    records: recordsOf(domain).map((record) => ({
      ...record,
      status: seen.find(({ purpose }) => purpose === record.purpose)?.status ?? record.status,
    })),
    createdAt: domain.createdAt.toISOString(),
    updatedAt: domain.updatedAt.toISOString(),
  }
}
