import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SettingsError } from '@envoi/core'
import { commandLine } from '@envoi/prisma/embedded'
import { StartError } from './start-error.ts'

/** Tells this process from an earlier one with the same id, as every container's first one is. */
const self = { pid: process.pid, commandLine: commandLine(process.pid), token: randomUUID() }

/**
 * Takes a data folder for this process, or says who has it: two platforms on one folder would end each other's database.
 * What a killed process has left is taken over.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  // as root, Postgres runs as somebody else, who has to pass through; what is private inside is closed by itself
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700
  await mkdir(dataDir, { recursive: true, mode }).catch(() => {
    throw new SettingsError('ENVOI_DATA_DIR')
  })
  await mkdir(join(dataDir, 'files'), { recursive: true, mode: 0o700 }).catch(() => {
    throw new SettingsError('ENVOI_DATA_DIR')
  })
  const file = join(dataDir, 'envoi.pid')
  for (;;) {
    try {
      await writeFile(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 })
      return () => rm(file, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
        throw new SettingsError('ENVOI_DATA_DIR')
      }
    }
    const holder = await readHolder(file)
    if (holder !== undefined && lives(holder)) {
      throw new StartError(
        `Envoi already runs on ${dataDir} (process ${holder.pid}): stop it, or give another ENVOI_DATA_DIR`,
      )
    }
    await rm(file, { force: true })
  }
}

async function readHolder(file: string): Promise<Partial<typeof self> | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<typeof self>
  } catch {
    // half-written by a process that was killed, or gone meanwhile
    return undefined
  }
}

function lives(holder: Partial<typeof self>): boolean {
  if (holder.pid === process.pid) return holder.token === self.token
  return holder.pid !== undefined && commandLine(holder.pid) === holder.commandLine
}
