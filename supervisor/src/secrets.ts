import { randomBytes } from 'node:crypto'
import { open, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Settings } from '@envoi/core'

export interface Secrets {
  /** 32 bytes in base64, as ENVOI_MASTER_KEY. */
  masterKey: string
  operatorToken: string
  /** The operator token was made just now: it has to be shown, once. */
  operatorTokenIsNew: boolean
}

/** The platform's own secrets: from the settings, else those kept in the data folder, made on first start. */
export async function readSecrets(settings: Settings, dataDir: string): Promise<Secrets> {
  const given = { masterKey: settings.masterKey?.toString('base64'), operatorToken: settings.operatorToken }
  const masterKey = await orKept(given.masterKey, join(dataDir, 'master-key'), () =>
    randomBytes(32).toString('base64'),
  )
  const operatorToken = await orKept(
    given.operatorToken,
    join(dataDir, 'operator-token'),
    () => `envoi_operator_${randomBytes(32).toString('base64url')}`,
  )
  return {
    masterKey: masterKey.value,
    operatorToken: operatorToken.value,
    operatorTokenIsNew: operatorToken.isNew,
  }
}

async function orKept(given: string | undefined, file: string, make: () => string) {
  if (given !== undefined) return { value: given, isNew: false }
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept !== '') return { value: kept.trim(), isNew: false }
  const value = make()
  // on the disk before anything is sealed with it, and never half of it
  await writeFile(`${file}.new`, `${value}\n`, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  const folder = await open(dirname(file), 'r')
  await folder.sync().finally(() => folder.close())
  return { value, isNew: true }
}
