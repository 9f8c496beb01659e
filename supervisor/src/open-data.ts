import { resolve } from 'node:path'
import { createLog, readSettings } from '@envoi/core'
import { openEmbeddedDatabase } from './database.ts'
import { lockDataDir } from './lock-data-dir.ts'
import { readSecrets } from './secrets.ts'

export interface OpenedData {
  /** What a process needs to work on the data. */
  env: Record<'DATABASE_URL' | 'ENVOI_MASTER_KEY' | 'ENVOI_DATA_DIR', string>
  close(): Promise<void>
}

/**
 * The data of an embedded platform that does not run, for a program of its operator: its database is up until `close`. A `StartError`
 * says in one line that it runs, or why it cannot be opened.
 */
export async function openData(given: Record<string, string | undefined>): Promise<OpenedData> {
  const settings = readSettings(given)
  const dataDir = resolve(settings.dataDir)
  const unlock = await lockDataDir(dataDir)
  try {
    const { masterKey } = await readSecrets(settings, dataDir)
    const database = await openEmbeddedDatabase(dataDir, createLog(settings.logLevel))
    const env = { DATABASE_URL: database.url, ENVOI_MASTER_KEY: masterKey, ENVOI_DATA_DIR: dataDir }
    return {
      env,
      async close() {
        await database.stop()
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}
