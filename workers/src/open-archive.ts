/**
 * The archive of a closed account, for the operator: `node workers/dist/open-archive.js <accountId> <file>`, with the settings of a
 * worker. Writes the tar to a file that is not there yet, and says what was found; 1 when something does not hold.
 */
import { CannotStartError, DomainError, openPlatform, SettingsError } from '@envoi/core'
import { type OpenedArchive, openArchive } from '@envoi/core/account-closure/open-archive'

function refuse(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const verdictOn = ({ entries, seals, firstBreak }: OpenedArchive['audit'], what: string) =>
  firstBreak === null
    ? `verifies: ${entries} ${what} under ${seals} seals`
    : `does not hold from seal ${firstBreak} on`

const [accountId = '', target = ''] = process.argv.slice(2)
if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(accountId) || target === '')
  refuse('What is wanted: the id of the account, and the file to write its archive to, as account.tar')

const platform = await openPlatform(process.env, 'worker').catch((error: Error) =>
  refuse(
    error instanceof SettingsError || error instanceof CannotStartError
      ? error.message
      : `The archive cannot be opened: ${error.message}`,
  ),
)
try {
  const { manifest, sha256, audit, consents } = await openArchive(platform, accountId, target)
  const rows = Object.values(manifest.tables).reduce((sum, count) => sum + count, 0)
  const lines = [
    `Written to ${target}`,
    `  account      ${manifest.accountId}`,
    `  made         ${manifest.madeAt}`,
    `  rows         ${rows} in ${Object.keys(manifest.tables).length} tables, as the manifest says`,
    `  SHA-256      ${sha256}, as the receipt says`,
    `  audit log    ${verdictOn(audit, 'events')}`,
    `  ledger       ${verdictOn(consents, 'lines')}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (audit.firstBreak !== null || consents.firstBreak !== null) process.exitCode = 1
} catch (error) {
  process.exitCode = 1
  const said =
    error instanceof DomainError && error.code === 'not_found'
      ? 'This account has no archive: it is not closed, or the archive was destroyed.'
      : `The archive cannot be opened: ${(error as Error).message}`
  process.stderr.write(`${said}\n`)
} finally {
  await platform.close()
}
