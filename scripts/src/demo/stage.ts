/**
 * Where the demo plays: a platform in a temporary folder and, on a server that DATABASE_URL names, in a database of its own.
 * Nothing of either is left, however the demo ends.
 */
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '@envoi/core'
import { createTemporaryDatabase } from '@envoi/prisma/temporary-database'
import { type RunningPlatform, StartError, startPlatform } from '@envoi/supervisor'

export interface Stage {
  platform: RunningPlatform
  folder: string
}

export interface StageHands {
  open(): Promise<Stage>
  /** Also while it is opened, and more than once. */
  clear(): Promise<void>
}

export function stageOf(env: NodeJS.ProcessEnv): StageHands {
  const undo: (() => Promise<unknown>)[] = []
  let opening: Promise<Stage> | undefined
  let clearing: Promise<void> | undefined

  async function open(): Promise<Stage> {
    // those that say what the demo runs on: the others would say where it is, or who, and it is on its own
    const { DATABASE_URL, REDIS_URL, LOG_LEVEL = 'warn' } = env
    const { databaseUrl } = readSettings({ DATABASE_URL, REDIS_URL, LOG_LEVEL })
    const folder = await mkdtemp(join(tmpdir(), 'envoi-demo-'))
    undo.push(() => rm(folder, { recursive: true, force: true }))
    // the embedded Postgres may run as somebody else
    await chmod(folder, 0o755)
    const database = databaseUrl === undefined ? undefined : await ownDatabase(databaseUrl)
    if (database) undo.push(() => database.drop())
    const platform = await startPlatform({
      settings: {
        ENVOI_DATA_DIR: folder,
        ENVOI_MASTER_KEY: randomBytes(32).toString('base64'),
        PORT: '0',
        DATABASE_URL: database?.url,
        REDIS_URL,
        LOG_LEVEL,
      },
    })
    undo.push(() => platform.stop())
    return { platform, folder }
  }

  async function clear(): Promise<void> {
    await opening?.catch(() => undefined)
    for (const work of undo.splice(0).reverse()) await work()
  }

  return {
    open() {
      opening ??= open()
      return opening
    },
    clear() {
      clearing ??= clear()
      return clearing
    },
  }
}

function ownDatabase(server: string) {
  return createTemporaryDatabase(server, 'envoi_demo').catch((error: Error & { code?: string }) => {
    throw new StartError(
      `The demo cannot make a database of its own at DATABASE_URL: ${error.message || error.code}`,
    )
  })
}
