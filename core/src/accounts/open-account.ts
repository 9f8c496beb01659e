import { takeUnprovenLogin } from '../access/login-lookup.ts'
import { generatePassword, hashPassword } from '../access/password.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { invalid } from '../errors.ts'
import { requireStrongPassword } from '../passwords/require-strong-password.ts'
import { requirePlainName } from '../plain-name.ts'
import { recordRows, recordTaken } from '../records/record-rows.ts'
import { transaction } from '../transaction.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'

interface NewAccount {
  name: string
  locale: string
  timezone: string
  owner: { email: string; firstName: string; lastName: string; password?: string }
  termsVersion: string
}

/** Version of the terms that must be accepted to open an account. */
export const termsVersion = '2026-01'

/** Messages a day while in trial. */
export const trialQuota = 50

/**
 * Opens an account in `trial` with its owner, who is asked by mail to confirm the address, and records the acceptance of the
 * terms. Returns the password if it was generated. It does the same whether or not the address has a login already; who holds
 * the mailbox is told which of the two it is.
 */
export async function openAccount(context: RequestContext, input: NewAccount) {
  if (input.termsVersion !== termsVersion)
    throw invalid('/termsVersion', `must be ${termsVersion}, the version in force`)
  requirePlainName('/name', input.name)
  requirePlainName('/owner/firstName', input.owner.firstName)
  requirePlainName('/owner/lastName', input.owner.lastName)
  if (!isTimezone(input.timezone)) throw invalid('/timezone', 'must be a name of the IANA time zone database')
  if (input.owner.password !== undefined)
    await requireStrongPassword('/owner/password', input.owner.password, [input, input.owner])
  const generated = input.owner.password === undefined ? generatePassword() : undefined
  const passwordHash = await hashPassword(input.owner.password ?? generated ?? '')
  const accountId = context.newId()
  const userId = context.newId()
  const email = input.owner.email.trim().toLowerCase()
  const now = context.clock.now()
  return transaction(inAccount(context, accountId, { type: 'user', id: userId }), async (tx) => {
    const account = await tx.db.account.create({
      data: {
        id: accountId,
        name: input.name,
        locale: input.locale,
        timezone: input.timezone,
        termsVersion: input.termsVersion,
        termsAcceptedAt: now,
        termsAddress: tx.address,
        dailyQuota: trialQuota,
        createdAt: now,
        updatedAt: now,
      },
    })
    await recordTaken(tx)
    await recordRows(tx, 'retention', [accountId])
    const { firstName, lastName } = input.owner
    const user = await tx.db.user.create({
      data: {
        ...tx.scope,
        id: userId,
        email,
        firstName,
        lastName,
        role: 'owner',
        passwordHash,
        createdAt: now,
        updatedAt: now,
      },
    })
    await takeUnprovenLogin(tx, user)
    await requestUserMail(tx, 'users.confirmEmail', userId)
    await recordAudit(tx, { target: { type: 'account', id: accountId } })
    return { account, user, password: generated }
  })
}

export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
