import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { commandLine } from './command-line.ts'
import { EmbeddedPostgresError, type Identity } from './embedded-binaries.ts'

export interface Cluster {
  folder: string
  password: string
}

/** The cluster of a data folder, made the first time. */
export async function openCluster(dataDir: string, native: string, identity: Identity): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true })
  if (!entersAs(identity, dataDir)) await moveAway(dataDir)
  const home = await realpath(dataDir)
  const cluster = { folder: join(home, 'cluster'), passwordFile: join(home, 'password') }
  if (!existsSync(cluster.folder)) {
    // made under another name first: a process killed meanwhile leaves nothing that looks like a cluster
    const fresh = `${cluster.folder}.new`
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh, { mode: 0o700 })
    await writeFile(cluster.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
    if ('uid' in identity) {
      for (const path of [home, fresh, cluster.passwordFile]) await chown(path, identity.uid, identity.gid)
    }
    await initialise(native, fresh, cluster.passwordFile, identity)
    await rename(fresh, cluster.folder)
  }
  return { folder: cluster.folder, password: await readFile(cluster.passwordFile, 'utf8') }
}

function entersAs(identity: Identity, folder: string): boolean {
  return (
    !('uid' in identity) ||
    spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...identity }).status === 0
  )
}

/**
 * For root, whose own folders nobody else may enter: the data goes where system services keep theirs, and a link to it
 * stands in its place.
 */
async function moveAway(dataDir: string): Promise<void> {
  await mkdir('/var/lib/envoi', { recursive: true })
  const home = await mkdtemp('/var/lib/envoi/postgres-')
  await chmod(home, 0o755)
  await rm(dataDir, { recursive: true })
  await symlink(home, dataDir)
}

async function initialise(
  native: string,
  folder: string,
  passwordFile: string,
  identity: Identity,
): Promise<void> {
  const options = ['--username=envoi', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  const args = [`--pgdata=${folder}`, `--pwfile=${passwordFile}`, ...options]
  // where it may be: initdb looks for the folder it was started in
  const where = { ...identity, cwd: dirname(folder) }
  await new Promise<void>((resolve, reject) => {
    const child = spawn(join(native, 'bin/initdb'), args, { ...where, stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) return resolve()
      const [why] = errors.trim().split('\n')
      reject(new EmbeddedPostgresError(`Embedded Postgres cannot make its data folder: ${why}`))
    })
  })
}

/** Ends a server that outlived the process which had started it on the same data. */
export async function endOrphan(folder: string): Promise<void> {
  const pidFile = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => undefined)
  if (pidFile === undefined) return
  const pid = Number(pidFile.split('\n')[0])
  const lives = () => commandLine(pid)?.includes('postgres') === true
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
  for (const signal of signals) {
    if (!lives()) break
    process.kill(pid, signal)
    for (const deadline = Date.now() + 5_000; lives() && Date.now() < deadline; ) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  if (!lives()) endBackends(folder)
}

/**
 * After a `kill -9` of the server, a process of it that was in the middle of a query goes on to its end, and holds the
 * shared memory, without which no other server starts on this data. It is known by the folder it works in.
 */
function endBackends(folder: string): void {
  const processes = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  for (const name of processes) {
    try {
      if (readlinkSync(`/proc/${name}/cwd`) === folder && commandLine(Number(name))?.startsWith('postgres')) {
        process.kill(Number(name), 'SIGKILL')
      }
    } catch {
      // gone, or somebody else's
    }
  }
}
