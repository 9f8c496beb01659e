import type { Processors } from '../processor.ts'
import { forgetAccess } from './access.forget.ts'
import { rotateKeys } from './access.rotate-keys.ts'
import { closeAccounts } from './accounts.close.ts'
import { prune } from './audit.prune.ts'
import { seal } from './audit.seal.ts'
import { cancel } from './campaigns.cancel.ts'
import { deliver } from './campaigns.deliver.ts'
import { freeze } from './campaigns.freeze.ts'
import { sendCampaignTest } from './campaigns.send-test.ts'
import { start } from './campaigns.start.ts'
import { confirmMail } from './consents.confirm-mail.ts'
import { sealConsents } from './consents.seal.ts'
import { eraseContacts } from './contacts.erase.ts'
import { ingest } from './events.ingest.ts'
import { forgetKeys } from './idempotency.forget.ts'
import { forgetImports } from './imports.forget.ts'
import { runImport } from './imports.run.ts'
import { verifyIntegrity } from './integrity.verify.ts'
import { resetPassword } from './passwords.reset.ts'
import { partitions } from './platform.partitions.ts'
import { sealEntries } from './records.seal.ts'
import { forgetUserMails } from './users.forget-mails.ts'
import { mailUsers } from './users.mail.ts'

export const processors: Processors = {
  'access.forget': forgetAccess,
  'access.rotateKeys': rotateKeys,
  'accounts.close': closeAccounts,
  'audit.prune': prune,
  'audit.seal': seal,
  'campaigns.cancel': cancel,
  'campaigns.deliver': deliver,
  'campaigns.freeze': freeze,
  'campaigns.sendTest': sendCampaignTest,
  'campaigns.start': start,
  'consents.confirmMail': confirmMail,
  'consents.seal': sealConsents,
  'contacts.erase': eraseContacts,
  'events.ingest': ingest,
  'idempotency.forget': forgetKeys,
  'imports.forget': forgetImports,
  'imports.run': runImport,
  'integrity.verify': verifyIntegrity,
  'passwords.reset': resetPassword,
  'platform.partitions': partitions,
  'records.seal': sealEntries,
  'users.forgetMails': forgetUserMails,
  'users.mail': mailUsers,
}
