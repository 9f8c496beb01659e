import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { asSystem, type Platform } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { Manifest } from './archive-entries.ts'
import { archiveKeyUse, openArchiveFile } from './archive-file.ts'
import type { ArchivedLog } from './archived-log.ts'
import { logCollector } from './archived-logs.ts'
import { recordClosureStep } from './clear-account.ts'
import { readArchive } from './read-archive.ts'
import { readClosure } from './read-closure.ts'

export interface OpenedArchive {
  manifest: Manifest
  /** Of the encrypted file; the one of the receipt. */
  sha256: string
  audit: ArchivedLog
  consents: ArchivedLog
}

/**
 * For the operator: reads the archive of a closed account to its end, compares it with its receipt, verifies the audit log and
 * the consent ledger in it, and writes the tar, readable by nobody else, to a file that is not there yet. That it was opened is
 * recorded.
 *
 * @throws DomainError `not_found` when there is no archive, or no more
 */
export async function openArchive(
  platform: Platform,
  accountId: string,
  target: string,
): Promise<OpenedArchive> {
  const context = asSystem(platform, accountId, 'accounts.openArchive')
  const request = { ...context, actor: { type: 'operator' as const, id: null } }
  const { archiveFile, archiveKey, archiveSha256 } = await readClosure(context, accountId)
  if (archiveFile === null || archiveKey === null) throw new DomainError('not_found')
  const identity = platform.keys.open(archiveKey, archiveKeyUse(accountId)).toString()
  const first = await openArchiveFile(platform, archiveFile, identity)
  const logs = logCollector()
  const { manifest } = await readArchive(first.tar, logs.see)
  const { sha256 } = first.read()
  if (sha256 !== archiveSha256) throw new Error('the archive is not the one of its receipt')
  await recordClosureStep(request, [])
  const { tar } = await openArchiveFile(platform, archiveFile, identity)
  const output = createWriteStream(target, { mode: 0o600, flags: 'wx', flush: true })
  await pipeline(tar, output).catch(async (error: unknown) => {
    // nobody must take a part for the whole; a file that was there before is not ours
    if (output.pending === false) await rm(target, { force: true })
    throw error
  })
  return { manifest, sha256, ...logs.verify(context) }
}
