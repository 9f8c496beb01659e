import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'
import type { Logger } from 'pino'
import type { Settings } from './settings.ts'

/** Where imports, exports and archives are kept: a disk by default. Keys are `<account>/<kind>/<id>`. */
export type Files = Disk

export function diskFiles(dataDir: string): Files {
  return new Disk(new FSDriver({ location: resolve(dataDir, 'files'), visibility: 'private' }))
}

/** Whether reading failed because there is no such file: the disk's own error, or as the store wraps it. */
export function isMissing(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: { code?: string } }
  return code === 'ENOENT' || cause?.code === 'ENOENT'
}

/** Whether a write failed because there is no room, on the disk or in the quota: the disk's own error, or as the store wraps it. */
export function isDiskFull(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: { code?: string } }
  return [code, cause?.code].some((one) => one === 'ENOSPC' || one === 'EDQUOT')
}

/**
 * Writes a file, and waits until it is on the disk: whatever becomes of the machine, it is kept. What cannot be written to its
 * end is deleted: it may be what fills the disk.
 */
export async function storeFile(
  { files, settings, log }: { files: Files; settings: Settings; log: Logger },
  key: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  let failure: unknown
  // an orderly end whatever happens: the store lets go of a stream that fails while it may still be making the file, which would then stay
  async function* whole() {
    try {
      yield* content
    } catch (error) {
      failure = error
    }
  }
  try {
    await files.putStream(key, unbreakable(Readable.from(whole(), { objectMode: false })))
    if (failure !== undefined) throw failure
    // it may be only now that a disk says that it is full
    await syncFile(settings.dataDir, key)
  } catch (error) {
    await files.delete(key).catch((err: unknown) => log.warn({ err }, 'half of a file could not be deleted'))
    throw error
  }
}

/** When writing fails the stream is let go of, which the store would report in place of the reason. */
function unbreakable(stream: Readable): Readable {
  const destroy = stream._destroy
  stream._destroy = (error, done) => destroy.call(stream, error, () => done(null))
  return stream
}

/** Waits until a file is on the disk, and its name in every folder above it. */
export async function syncFile(dataDir: string, key: string): Promise<void> {
  const root = resolve(dataDir, 'files')
  for (let path = resolve(root, key); path.length >= root.length; path = dirname(path)) {
    const handle = await open(path, 'r')
    await handle.sync().finally(() => handle.close())
  }
}
