import { openAccount } from '@envoi/core/accounts/open-account'
import { getAccount } from '@envoi/core/accounts/read-accounts'
import { updateAccount } from '@envoi/core/accounts/update-account'
import { auditRetentionOf } from '@envoi/core/audit/retention'
import type { Account as AccountRow, User as UserRow } from '@envoi/core/database'
import { contract, permissionsOf } from '@envoi/openapi'
import { created, ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const accountsHandlers = implement(contract.accounts, {
  create: async ({ body }, context) => {
    const { account, user, password } = await openAccount(context, body)
    return created('/v1/account', {
      account: presentAccount(account),
      user: presentUser(user),
      ...(password === undefined ? {} : { password }),
    })
  },
})

export const accountHandlers = implement(contract.account, {
  get: async (_, context) => {
    const account = await getAccount(context)
    return ok(presentAccount(account), account)
  },
  update: async ({ body, query, ifMatch }, context) => {
    const account = await updateAccount(context, body, ifMatch, query)
    return ok(presentAccount(account), account)
  },
})

export function presentAccount(account: AccountRow) {
  return {
    id: account.id,
    name: account.name,
    status: account.status,
    statusReason: account.statusReason,
    locale: account.locale,
    timezone: account.timezone,
    legal: account.legal as Record<string, string>,
    dpo: account.dpo as Record<string, string>,
    security: account.security as { allowedIps?: string[]; notifyLogins?: boolean; requireTotp?: boolean },
    retention: {
      default: (account.retention as { default?: string }).default ?? 'P3Y',
      audit: auditRetentionOf(account.retention),
    },
    terms: {
      version: account.termsVersion,
      acceptedAt: account.termsAcceptedAt.toISOString(),
      address: account.termsAddress,
    },
    quotas: { dailyMessages: account.dailyQuota },
    createdAt: account.createdAt.toISOString(),
    updatedAt: account.updatedAt.toISOString(),
  }
}

export function presentUser(user: UserRow) {
  return {
    id: user.id,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
    role: user.role as 'owner' | null,
    permissions: [...permissionsOf(user.role, user.permissions)] as never[],
    status: user.status,
    emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
  }
}
