/**
 * What a sender domain publishes so that its mail is believed: the DKIM key (RFC 6376), a policy for those who receive mail
 * in its name (DMARC, RFC 9989), and who may send for it (SPF, RFC 7208). Only the DKIM record is Envoi's to dictate; SPF
 * depends on the relay and DMARC on the owner's will, so these two are looked at and advised on.
 */
import { Resolver } from 'node:dns/promises'
import { answerInTime } from '../answer-in-time.ts'

export interface DnsRecord {
  purpose: 'dkim' | 'spf' | 'dmarc'
  type: 'TXT'
  name: string
  value: string
  /** `unknown`: no name server said whether it is there. */
  status: 'missing' | 'wrong' | 'found' | 'unknown' | 'unchecked'
}

interface Domain {
  domain: string
  dkimSelector: string
  dkimPublicKey: string
}

/** The records to publish, not yet looked for. */
export function recordsOf({ domain, dkimSelector, dkimPublicKey }: Domain): DnsRecord[] {
  const record = (purpose: DnsRecord['purpose'], name: string, value: string): DnsRecord => ({
    purpose,
    type: 'TXT',
    name,
    value,
    status: 'unchecked',
  })
  return [
    record('dkim', `${dkimSelector}._domainkey.${domain}`, `v=DKIM1; k=rsa; p=${dkimPublicKey}`),
    record('spf', domain, 'v=spf1 mx ~all'),
    record('dmarc', `_dmarc.${domain}`, 'v=DMARC1; p=none'),
  ]
}

/** No such name, or no such record of it (RFC 2308). Whatever else goes wrong says nothing about the record. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA'])

/** For all name servers together: each that says nothing costs seconds, and somebody waits for the answer. */
const PATIENCE_MS = 10_000

/** Looks the records up. `servers`: name servers to ask, as `127.0.0.1:5353`; those of the machine unless given. */
export async function checkRecords(domain: Domain, servers: string[] | undefined): Promise<DnsRecord[]> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 })
  if (servers !== undefined) resolver.setServers(servers)
  return Promise.all(
    recordsOf(domain).map(async (record) => {
      try {
        const found = await answerInTime(resolver.resolveTxt(record.name), PATIENCE_MS)
        const texts = found.map((chunks) => chunks.join(''))
        return { ...record, status: statusOf(record, texts) }
      } catch (error) {
        const isAbsent = ABSENT.has((error as { code?: unknown }).code)
        return { ...record, status: isAbsent ? 'missing' : 'unknown' }
      }
    }),
  )
}

function statusOf(record: DnsRecord, texts: string[]): DnsRecord['status'] {
  const version = record.value.split(/[; ]/)[0] ?? ''
  const found = texts.filter(
    (text) =>
      text.trim().toLowerCase().startsWith(version.toLowerCase()) ||
      (record.purpose === 'dkim' && /(^|;)\s*p=/.test(text)),
  )
  if (found.length === 0) return 'missing'
  if (record.purpose !== 'dkim') return 'found'
  const publicKey = (text: string) => /(?:^|;)\s*p=([^;]*)/.exec(text)?.[1]?.replaceAll(/\s/g, '')
  return found.some((text) => publicKey(text) === publicKey(record.value)) ? 'found' : 'wrong'
}
