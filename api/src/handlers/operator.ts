import { inAccount } from '@envoi/core'
import { readClosure } from '@envoi/core/account-closure/read-closure'
import { approveAccount } from '@envoi/core/accounts/approve-account'
import { getAccountForOperator, listAccounts } from '@envoi/core/accounts/read-accounts'
import { reviewAccount } from '@envoi/core/accounts/review-account'
import type { Account as AccountRow } from '@envoi/core/database'
import { readIntegrity } from '@envoi/core/integrity/read-integrity'
import { platformAccount } from '@envoi/core/jobs/schedules'
import { approveSenderDomain } from '@envoi/core/senders/approve-sender-domain'
import { contract } from '@envoi/openapi'
import { ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { presentClosure } from './account-closure.ts'
import { presentAccount } from './accounts.ts'
import { presentIntegrity } from './audit-events.ts'
import { presentSenderDomain } from './sender-domains.ts'
import { presentVerification } from './verification.ts'

export const operatorHandlers = implement(contract.operator, {
  listAccounts: async ({ query }, context) => page(await listAccounts(context, query), presentAccount),
  getAccount: async ({ params }, context) => {
    const { account, verification } = await getAccountForOperator(context, params.accountId)
    return ok({ ...presentAccount(account), verification: presentVerification(verification) })
  },
  approveAccount: async ({ params, body }, context) =>
    answerAccount(await approveAccount(context, params.accountId, body)),
  refuseAccount: async ({ params, body }, context) =>
    answerAccount(await reviewAccount(context, params.accountId, 'refuse', body.reason)),
  suspendAccount: async ({ params, body }, context) =>
    answerAccount(await reviewAccount(context, params.accountId, 'suspend', body.reason)),
  reopenAccount: async ({ params }, context) =>
    answerAccount(await reviewAccount(context, params.accountId, 'reopen')),
  getAccountClosure: async ({ params }, context) =>
    ok(presentClosure(await readClosure(context, params.accountId))),
  auditIntegrity: async (_, context) => {
    const platform = inAccount(context, platformAccount, { type: 'operator', id: null })
    const { checkpoint, breaks } = await readIntegrity(platform)
    return ok({
      ...(await presentIntegrity(platform)),
      checkpoint: checkpoint && { ...checkpoint, writtenAt: checkpoint.writtenAt.toISOString() },
      breaks: breaks.map((found) => ({ ...found, verifiedAt: found.verifiedAt.toISOString() })),
    })
  },
  approveSenderDomain: async ({ params }, context) =>
    ok(presentSenderDomain(await approveSenderDomain(context, params.accountId, params.senderDomainId))),
})

const answerAccount = (account: AccountRow) => ok(presentAccount(account), account)
