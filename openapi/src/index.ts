import { accountClosure } from './account-closure.ts'
import { account, accounts } from './accounts.ts'
import { apiKeys } from './api-keys.ts'
import { auditEvents } from './audit-events.ts'
import { campaigns } from './campaigns.ts'
import { consents } from './consents.ts'
import { contacts } from './contacts.ts'
import { erasures } from './erasures.ts'
import { fields } from './fields.ts'
import { imports } from './imports.ts'
import { invitations } from './invitations.ts'
import { lists } from './lists.ts'
import { oauth } from './oauth.ts'
import { objections } from './objections.ts'
import { operator } from './operator.ts'
import { passkeys } from './passkeys.ts'
import { passwordResets } from './password-resets.ts'
import { purposes } from './purposes.ts'
import { restriction } from './restriction.ts'
import { segments } from './segments.ts'
import { senderDomains } from './sender-domains.ts'
import { senders } from './senders.ts'
import { sessions } from './sessions.ts'
import { suppressions } from './suppressions.ts'
import { templates } from './templates.ts'
import { totp } from './totp.ts'
import { tracking } from './tracking.ts'
import { users } from './users.ts'
import { verification } from './verification.ts'

export * from './document.ts'
export * from './errors.ts'
export * from './errors-of.ts'
export { exampleOf } from './example-of.ts'
export { importFileLimit } from './imports.ts'
export { type Lowering, lowering } from './lowering.ts'
export * from './operation.ts'
export * from './permissions.ts'
export { personalFiles, personalPaths } from './personal-data.ts'
export { linePattern } from './schemas.ts'
export * from './segment-rule.ts'

/** The whole contract: the order here is that of the reference. */
export const contract = {
  accounts,
  account,
  accountClosure,
  verification,
  users,
  invitations,
  passwordResets,
  sessions,
  totp,
  passkeys,
  apiKeys,
  oauth,
  auditEvents,
  contacts,
  fields,
  lists,
  erasures,
  purposes,
  consents,
  objections,
  restriction,
  tracking,
  suppressions,
  imports,
  segments,
  senderDomains,
  senders,
  templates,
  campaigns,
  operator,
}

export type Contract = typeof contract
