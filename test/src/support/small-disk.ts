import { spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { temporaryFolder } from './temporary-folder.ts'

export interface SmallDisk {
  folder: string
  /** Leaves no room at all. */
  fill(): Promise<void>
  /** Takes back what filled it. */
  empty(): Promise<void>
  unmount(): Promise<void>
}

/** A real disk of a few megabytes, in memory; undefined where mounting is not permitted. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | undefined> {
  const folder = await temporaryFolder('small-disk')
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'envoi-test', folder]
  if (process.platform !== 'linux' || spawnSync('mount', options).status !== 0) {
    await rm(folder, { recursive: true })
    return undefined
  }
  // Postgres runs as somebody else
  await chmod(folder, 0o755)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    async fill() {
      const endless = Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(4_096)
        })(),
        { objectMode: false },
      )
      await pipeline(endless, createWriteStream(ballast)).catch((error: { code?: string }) => {
        if (error.code !== 'ENOSPC') throw error
      })
    },
    empty: () => rm(ballast),
    async unmount() {
      spawnSync('umount', ['-l', folder])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
