import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder that the embedded Postgres, which may run as another user, can pass through. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `envoi-${name}-`))
  await chmod(folder, 0o755)
  return folder
}
