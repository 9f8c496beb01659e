import type { Account } from '@envoi/prisma'
import type { Finding } from './finding.ts'
import type { WholeCampaign } from './take-snapshot.ts'

const bulkRules = 'RFC 6376, RFC 9989; bulk sender rules of Gmail, Yahoo and Microsoft'

/**
 * Whether the mail will be believed to come from whom it says. An account in trial reaches addresses only that its own users have
 * proven to be theirs, whoever it says it is: there it is advice.
 */
export function senderFindings(account: Account, { sender }: WholeCampaign): Finding[] {
  const findings: Finding[] = []
  const severity = account.status === 'trial' ? 'warning' : 'error'
  const domain = sender.email.slice(sender.email.lastIndexOf('@') + 1)
  if (sender.senderDomain === null) {
    findings.push({
      severity,
      code: 'sender_domain_missing',
      rule: bulkRules,
      detail: `${domain} is not a sender domain of the account: its mail cannot be signed.`,
      fix: 'Add the domain, publish its DNS records, verify it, and create the sender again.',
      pointer: '/sender',
    })
  } else if (sender.senderDomain.status !== 'verified') {
    findings.push({
      severity,
      code: 'sender_domain_unverified',
      rule: bulkRules,
      detail: `The sender domain ${sender.senderDomain.domain} is not verified: its mail would leave unsigned.`,
      fix: 'Publish its DNS records, then verify it.',
      pointer: '/sender',
    })
  } else if (sender.senderDomain.domain !== domain) {
    findings.push({
      severity,
      code: 'sender_domain_not_aligned',
      rule: 'RFC 9989: alignment of DKIM with From',
      detail: `${domain} is not the domain that signs, ${sender.senderDomain.domain}.`,
      fix: 'Use a sender at the domain that signs.',
      pointer: '/sender',
    })
  } else findings.push(...recordFindings(sender.senderDomain))
  const { company, address } = account.legal as { company?: string | null; address?: string | null }
  if (!company || !address) {
    findings.push({
      severity: 'warning',
      code: 'sender_identity_incomplete',
      rule: 'Directive 2000/31/EC art. 5 and 6; CPCE art. L. 34-5',
      detail: 'The account does not say which company it is, or where.',
      fix: 'Complete `legal` of the account, and name the company in the content.',
      pointer: '/sender',
    })
  }
  return findings
}

function recordFindings({ domain, checks }: { domain: string; checks: unknown }): Finding[] {
  const looked = Array.isArray(checks) ? (checks as { purpose?: string; status?: string }[]) : []
  const missing = looked.filter(({ purpose, status }) => purpose !== 'dkim' && status === 'missing')
  return missing.map(({ purpose = '' }) => ({
    severity: 'warning',
    code: `${purpose}_missing`,
    rule: purpose === 'spf' ? 'RFC 7208; bulk sender rules' : 'RFC 9989; bulk sender rules',
    detail: `No ${purpose.toUpperCase()} record was found for ${domain}.`,
    fix: 'Publish it, then verify the domain again.',
    pointer: '/sender',
  }))
}
