/**
 * One command at a time renews the session. A refresh token is good once, and using it twice revokes the session (RFC 9700, section
 * 4.14.2): two commands that renew at the same time would log their user out.
 *
 * The lock is a file that exists as long as it is held: creating one that exists fails everywhere, network drives included. A command
 * that was killed leaves it behind; it is broken when its process is gone, or after a minute where that cannot be told.
 */
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { sleep } from '../../sleep.ts'
import { CliError } from '../failures.ts'
import { makeFolder } from './credentials.ts'

/** A renewal takes less: its attempts and their timeouts are bounded. */
const abandonedAfter = 60_000
const pause = 50

export async function locked<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  await makeFolder(folder)
  const file = join(folder, 'lock')
  const mine = `${hostname()} ${process.pid} ${randomUUID()}`
  const deadline = Date.now() + 2 * abandonedAfter
  while (!(await take(file, mine))) {
    if (Date.now() > deadline) throw new CliError(`${file} is held by another command`, 6)
    await sleep(pause, signal)
  }
  try {
    return await work()
  } finally {
    if ((await contentOf(file)) === mine) await rm(file, { force: true })
  }
}

async function take(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const holder = await contentOf(file)
  if (holder !== undefined && (await isAbandoned(file, holder))) await breakLock(file, holder)
  return false
}

async function isAbandoned(file: string, holder: string): Promise<boolean> {
  const [host, pid] = holder.split(' ')
  if (host === hostname() && Number(pid) > 0 && !isAlive(Number(pid))) return true
  const since = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )
  return since !== undefined && Date.now() - since > abandonedAfter
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // of another user
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Of several that find it abandoned one moves it away; looking again keeps a slow one from taking the lock of the next. */
async function breakLock(file: string, holder: string): Promise<void> {
  if ((await contentOf(file)) !== holder) return
  const aside = `${file}.${randomUUID()}`
  await rename(file, aside).catch(() => undefined)
  await rm(aside, { force: true })
}

const contentOf = (file: string) => readFile(file, 'utf8').catch(() => undefined)
