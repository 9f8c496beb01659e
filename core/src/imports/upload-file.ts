import type { Readable } from 'node:stream'
import { recordAudit } from '../audit/record-audit.ts'
import { requireConsentsWrite } from '../consents/require-consents-write.ts'
import { mayReveal } from '../contacts/mask.ts'
import { type Context, isTestMode } from '../context.ts'
import { DomainError } from '../errors.ts'
import { storeFile } from '../files.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { transaction } from '../transaction.ts'
import { getImport } from './read-imports.ts'

/** Where the files of an import are: attempts at an upload each have their own, so that two at once cannot mix. */
export const importFolder = (accountId: string, importId: string) => `${accountId}/imports/${importId}`

/**
 * Takes an import's file, and queues the import. Until the last byte is on the disk the import goes on waiting for its file:
 * an upload that breaks off, is larger than `limit` bytes, or finds no room, leaves nothing.
 */
export async function uploadImportFile(
  context: Context,
  id: string,
  file: { content: Readable; gzip: boolean; limit: number },
) {
  const { status, consents } = await getImport(context, id)
  // of whoever created it the right was asked already; but what the file says comes from who sends it
  if (Array.isArray(consents) && consents.length > 0) requireConsentsWrite(context)
  if (status !== 'awaiting_file') throw hasFile(status)
  const key = `${importFolder(context.accountId, id)}/${context.newId()}`
  const bytes = await store(context, key, file)
  try {
    return await transaction(context, async (tx) => {
      const { count } = await tx.db.import.updateMany({
        where: { ...tx.scope, id, status: 'awaiting_file' },
        data: {
          status: 'queued',
          fileKey: key,
          fileBytes: bytes,
          fileGzip: file.gzip,
          // the values in it are theirs who send it
          ...(mayReveal(tx) ? {} : { reveals: false }),
          ...(isTestMode(tx) ? { testMode: true } : {}),
        },
      })
      const found = await getImport(tx, id)
      if (count === 0) throw hasFile(found.status)
      await enqueue(tx, 'imports.run', { importId: id }, { dedupeKey: id })
      await recordAudit(tx, { target: { type: 'import', id } })
      return found
    })
  } catch (error) {
    await context.files.delete(key)
    throw error
  }
}

const hasFile = (status: string) => new DomainError('import_has_file', { detail: `The import is ${status}.` })

async function store(
  context: Context,
  key: string,
  { content, limit }: { content: Readable; limit: number },
): Promise<number> {
  let bytes = 0
  async function* measured() {
    for await (const chunk of unbroken(content)) {
      bytes += chunk.length
      if (bytes > limit)
        throw new DomainError('payload_too_large', { detail: `A file has at most ${limit} bytes.` })
      yield chunk
    }
  }
  await storeFile(context, key, measured())
  return bytes
}

/** The connection stays, for the answer. */
async function* unbroken(content: Readable): AsyncGenerator<Buffer> {
  try {
    yield* content.iterator({ destroyOnReturn: false })
  } catch {
    throw new DomainError('malformed', { detail: 'The upload broke off.' })
  }
}
