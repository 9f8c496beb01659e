import { randomUUID } from 'node:crypto'
import type { Platform } from '../context.ts'
import { isMissing, syncFile } from '../files.ts'

/** Writes a file that is there as a whole or not at all, whenever the process ends. */
export async function putWhole(
  { files, settings }: Pick<Platform, 'files' | 'settings'>,
  key: string,
  content: string,
): Promise<void> {
  const draft = `${key}.${randomUUID()}`
  await files.put(draft, content)
  await syncFile(settings.dataDir, draft)
  await files.move(draft, key)
  await syncFile(settings.dataDir, key)
}

/** null when there is none. */
export async function readText({ files }: Pick<Platform, 'files'>, key: string): Promise<string | null> {
  try {
    return await files.get(key)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
