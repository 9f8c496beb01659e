import type { AccountClosure } from '@envoi/prisma'
import { generateX25519Identity } from 'age-encryption'
import { sealAccountAudit } from '../audit/seal-audit.ts'
import { sealAccountLedger } from '../consents/seal-ledger.ts'
import type { Context } from '../context.ts'
import { lowestIdAt } from '../ids.ts'
import { recordClosure } from '../records/record-rows.ts'
import { sealAccountRecords } from '../records/seal-records.ts'
import { transaction } from '../transaction.ts'
import { archiveEntries, type Manifest } from './archive-entries.ts'
import { archiveFolder, archiveKeyUse, openArchiveFile, writeArchiveFile } from './archive-file.ts'
import { after, archivePeriod } from './periods.ts'
import { readArchive } from './read-archive.ts'

/**
 * Writes the archive of an account and reads it back, decrypted, to its last row; only then is it recorded, with its key. A run that was
 * killed has recorded nothing: what it wrote opens with a key that nobody has any more, and goes. Of two runs at once one is recorded.
 */
export async function makeArchive(
  context: Context,
  closure: AccountClosure,
  signal: AbortSignal,
): Promise<void> {
  const { accountId, files } = context
  const horizon = lowestIdAt(context.clock.now())
  await sealAccountAudit(context, horizon, signal)
  await sealAccountLedger(context, horizon, signal)
  await sealAccountRecords(context, horizon, signal)
  const file = `${archiveFolder(accountId)}/${context.newId()}.tar.gz.age`
  const identity = await generateX25519Identity()
  let made: Manifest | undefined
  const entries = archiveEntries(context, closure.id, signal, (manifest) => {
    made = manifest
  })
  const written = await writeArchiveFile(context, file, identity, entries)
  signal.throwIfAborted()
  const { tar, read } = await openArchiveFile(context, file, identity)
  const found = await readArchive(tar)
  if (JSON.stringify(found.manifest) !== JSON.stringify(made) || read().sha256 !== written.sha256)
    throw new Error('the archive that was read back is not the one that was written')
  const now = context.clock.now()
  const isRecorded = await transaction(context, async (tx) => {
    const { count } = await tx.db.accountClosure.updateMany({
      where: { ...context.scope, id: closure.id, status: 'archiving', sealedAt: null },
      data: {
        sealedAt: now,
        destroyAt: after(now, archivePeriod),
        archiveFile: file,
        archiveKey: new Uint8Array(context.keys.seal(Buffer.from(identity), archiveKeyUse(accountId))),
        archiveBytes: written.bytes,
        archiveSha256: written.sha256,
        archived: found.tables,
      },
    })
    if (count > 0) await recordClosure(tx, closure.id)
    return count > 0
  })
  // never another's: it may be the one that was recorded
  if (!isRecorded) await files.delete(file)
}

/**
 * The last look before anything is deleted: the archive that was recorded is there, in its full length, and it is the only one. What
 * runs that were killed have left is removed.
 */
export async function requireArchive(context: Context, closure: AccountClosure): Promise<void> {
  const { files, accountId } = context
  const { archiveFile, archiveBytes } = closure
  if (archiveFile === null) throw new Error('there is no archive: nothing may be deleted')
  const { contentLength } = await files.getMetaData(archiveFile)
  if (contentLength !== Number(archiveBytes))
    throw new Error('the archive is not as long as it was: nothing may be deleted')
  const { objects } = await files.listAll(archiveFolder(accountId))
  for (const object of objects)
    if (object.isFile && object.key !== archiveFile) await files.delete(object.key)
}
