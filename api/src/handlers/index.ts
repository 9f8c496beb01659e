import type { Contract } from '@envoi/openapi'
import type { Handlers } from '../routes/implement.ts'
import { accountClosureHandlers } from './account-closure.ts'
import { accountHandlers, accountsHandlers } from './accounts.ts'
import { apiKeysHandlers } from './api-keys.ts'
import { auditEventsHandlers } from './audit-events.ts'
import { campaignsHandlers } from './campaigns.ts'
import { consentsHandlers } from './consents.ts'
import { contactsHandlers } from './contacts.ts'
import { erasuresHandlers } from './erasures.ts'
import { fieldsHandlers } from './fields.ts'
import { importsHandlers } from './imports.ts'
import { invitationsHandlers } from './invitations.ts'
import { listsHandlers } from './lists.ts'
import { oauthHandlers } from './oauth.ts'
import { objectionsHandlers } from './objections.ts'
import { operatorHandlers } from './operator.ts'
import { passkeysHandlers } from './passkeys.ts'
import { passwordResetsHandlers } from './password-resets.ts'
import { purposesHandlers } from './purposes.ts'
import { restrictionHandlers } from './restriction.ts'
import { segmentsHandlers } from './segments.ts'
import { senderDomainsHandlers } from './sender-domains.ts'
import { sendersHandlers } from './senders.ts'
import { sessionsHandlers } from './sessions.ts'
import { suppressionsHandlers } from './suppressions.ts'
import { templatesHandlers } from './templates.ts'
import { totpHandlers } from './totp.ts'
import { trackingHandlers } from './tracking.ts'
import { usersHandlers } from './users.ts'
import { verificationHandlers } from './verification.ts'

/** One handler per operation of the contract: it does not compile while one is missing. */
export const handlers: { [Name in keyof Contract]: Handlers<Contract[Name]['operations']> } = {
  accounts: accountsHandlers,
  account: accountHandlers,
  accountClosure: accountClosureHandlers,
  verification: verificationHandlers,
  users: usersHandlers,
  invitations: invitationsHandlers,
  passwordResets: passwordResetsHandlers,
  sessions: sessionsHandlers,
  totp: totpHandlers,
  passkeys: passkeysHandlers,
  apiKeys: apiKeysHandlers,
  oauth: oauthHandlers,
  auditEvents: auditEventsHandlers,
  contacts: contactsHandlers,
  fields: fieldsHandlers,
  lists: listsHandlers,
  erasures: erasuresHandlers,
  purposes: purposesHandlers,
  consents: consentsHandlers,
  objections: objectionsHandlers,
  restriction: restrictionHandlers,
  tracking: trackingHandlers,
  suppressions: suppressionsHandlers,
  imports: importsHandlers,
  segments: segmentsHandlers,
  senderDomains: senderDomainsHandlers,
  senders: sendersHandlers,
  templates: templatesHandlers,
  campaigns: campaignsHandlers,
  operator: operatorHandlers,
}
