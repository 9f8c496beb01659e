import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'

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

/** Waits until a file is on the disk, and its name in every folder above it. */
export async function syncFile(dataDir: string, key: string): Promise<void> {
  const root = resolve(dataDir, 'files')
  for (let path = resolve(root, key); path.length >= root.length; path = dirname(path)) {
    const handle = await open(path, 'r')
    await handle.sync().finally(() => handle.close())
  }
}
