/** `npm run archive:open -- <accountId> <file>`: writes the archive of a closed account as a tar. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { SettingsError } from '@envoi/core'
import { openData, StartError } from '@envoi/supervisor'

const program = fileURLToPath(new URL('../../workers/dist/open-archive.js', import.meta.url))

async function run(env: Record<string, string | undefined>): Promise<void> {
  const child = spawn(process.execPath, [program, ...process.argv.slice(3)], { env, stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}

// with the embedded database, the platform has to be stopped: this starts it for a moment
if (process.env.DATABASE_URL) await run(process.env)
else {
  try {
    const data = await openData(process.env)
    await run({ ...process.env, ...data.env }).finally(() => data.close())
  } catch (error) {
    if (!(error instanceof StartError || error instanceof SettingsError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
