import type { Prisma } from '@envoi/prisma'
import { isAddressAllowed, isAddressRange, isRangeWithin } from '../access/allowed-address.ts'
import { requireStanding } from '../access/require-standing.ts'
import { requireToLower } from '../access/require-to-lower.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { auditRetentionOf } from '../audit/retention.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { requirePlainName } from '../plain-name.ts'
import { isEmptyDuration, months } from '../purposes/duration.ts'
import { asRecorded } from '../records/as-recorded.ts'
import { recordRows } from '../records/record-rows.ts'
import { transaction } from '../transaction.ts'
import { lockAccount } from '../users/lock-account.ts'
import { type Legal, settleCompany } from '../verification/settle-steps.ts'
import { isOrigin } from './allowed-origins.ts'
import { isCountry } from './is-country.ts'
import { isTimezone } from './open-account.ts'
import { getAccount } from './read-accounts.ts'
import { registrationNumber } from './registration-number.ts'

interface AccountPatch {
  name?: string
  locale?: string
  timezone?: string
  legal?: Record<string, string | null>
  dpo?: Record<string, string | null>
  security?: {
    allowedIps?: string[]
    allowedOrigins?: string[]
    notifyLogins?: boolean
    requireTotp?: boolean
  }
  retention?: { default?: string; audit?: string }
}

/** Merges a patch (RFC 7396) into the account. `expectedVersion`: 412 unless the account still has it. */
export async function updateAccount(
  context: Context,
  patch: AccountPatch,
  expectedVersion: number | undefined,
  { allowLockout = false }: { allowLockout?: boolean } = {},
) {
  requirePlainNames(patch)
  if (patch.timezone !== undefined && !isTimezone(patch.timezone))
    throw invalid('/timezone', 'must be a name of the IANA time zone database')
  patch.security?.allowedIps?.forEach((range, index) => {
    if (!isAddressRange(range))
      throw invalid(`/security/allowedIps/${index}`, 'must be an IP address or a CIDR range')
  })
  patch.security?.allowedOrigins?.forEach((origin, index) => {
    if (!isOrigin(origin))
      throw invalid(`/security/allowedOrigins/${index}`, 'must be an origin, as https://www.example.com')
  })
  if (patch.retention?.default !== undefined && isEmptyDuration(patch.retention.default))
    throw invalid('/retention/default', 'must be longer than nothing')
  if (!allowLockout) requireOwnAddress(context, patch.security?.allowedIps ?? [])
  return transaction(context, async (tx) => {
    // what is merged is what is there when it is written
    await lockAccount(tx)
    if (patch.security !== undefined) await requireStanding(tx)
    const before = await getAccount(tx)
    requireToLower(tx, 'account.update', loweredBy(patch, before))
    const legal = checked(merged(before.legal, patch.legal))
    const recorded = patch.retention === undefined ? [] : await asRecorded(tx, 'retention', [tx.accountId])
    const { count } = await tx.db.account.updateMany({
      where: { id: tx.accountId, version: expectedVersion },
      data: {
        ...patch,
        legal,
        dpo: merged(before.dpo, patch.dpo),
        security: merged(before.security, patch.security),
        retention: merged(before.retention, patch.retention),
        version: { increment: 1 },
        updatedAt: tx.clock.now(),
      },
    })
    if (count === 0) throw new DomainError('precondition_failed')
    // what is merged into something that was put there by hand stays a break
    await recordRows(tx, 'retention', [...recorded])
    if (legal !== undefined) await settleCompany(tx, legal as Legal)
    await recordAudit(tx, { target: { type: 'account', id: tx.accountId }, changed: Object.keys(patch) })
    return getAccount(tx)
  })
}

/** Those that people read in mails and on pages. */
function requirePlainNames({ name, legal, dpo }: AccountPatch): void {
  if (name !== undefined) requirePlainName('/name', name)
  if (legal?.company != null) requirePlainName('/legal/company', legal.company)
  if (legal?.registration != null) requirePlainName('/legal/registration', legal.registration)
  if (dpo?.name != null) requirePlainName('/dpo/name', dpo.name)
}

interface Protections {
  security: unknown
  retention: unknown
}

/** Which protections a patch lowers: where users and pages come from and with what, what they are told, how long what is kept. */
function loweredBy({ security = {}, retention = {} }: AccountPatch, before: Protections) {
  const { allowedIps: were = [], requireTotp, notifyLogins } = (before.security ?? {}) as typeof security
  const { allowedIps: are } = security
  const isWider = are !== undefined && (are.length === 0 || are.some((range) => !isRangeWithin(range, were)))
  const { default: contacts, audit } = retention
  const { default: contactsWere } = (before.retention ?? {}) as typeof retention
  const origins = ((before.security ?? {}) as typeof security).allowedOrigins ?? []
  return {
    '/security/allowedIps': were.length > 0 && isWider,
    '/security/allowedOrigins': (security.allowedOrigins ?? []).some((origin) => !origins.includes(origin)),
    '/security/requireTotp': requireTotp === true && security.requireTotp === false,
    '/security/notifyLogins': notifyLogins !== false && security.notifyLogins === false,
    '/retention/default':
      contacts !== undefined && contactsWere !== undefined && months(contacts) > months(contactsWere),
    '/retention/audit': audit !== undefined && months(audit) < months(auditRetentionOf(before.retention)),
  }
}

/** What is said of the company, as it is kept. The number is judged with the country that it has then, whichever of the two is new. */
function checked(legal: Prisma.InputJsonObject | undefined): Prisma.InputJsonObject | undefined {
  if (legal === undefined) return undefined
  const { country, registration } = legal as Legal
  if (country !== undefined && !isCountry(country))
    throw invalid('/legal/country', 'must be a country of ISO 3166-1')
  if (registration === undefined) return legal
  const kept = registrationNumber(country, registration)
  if (kept === null)
    throw invalid(
      '/legal/registration',
      'must be a SIREN (9 digits) or a SIRET (14 digits) whose check digits fit',
    )
  return { ...legal, registration: kept }
}

/** RFC 7396: what is null goes. */
function merged(part: unknown, change: object | undefined): Prisma.InputJsonObject | undefined {
  if (change === undefined) return undefined
  const members = Object.entries<Prisma.InputJsonValue | null>({ ...(part as object), ...change })
  return Object.fromEntries(members.filter(([, value]) => value !== null))
}

/** Whoever restricts where users come from is still let in themselves. Keys have addresses of their own. */
function requireOwnAddress({ actor, address }: Context, allowedIps: readonly string[]): void {
  if (actor.type === 'user' && !isAddressAllowed(address, allowedIps))
    throw invalid(
      '/security/allowedIps',
      'must contain the address that you come from, unless `allowLockout` is true',
    )
}
