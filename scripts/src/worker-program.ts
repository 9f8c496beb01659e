import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { SettingsError } from '@envoi/core'
import { openData, StartError } from '@envoi/supervisor'

/** Runs a program of the workers with the arguments given, on the database of DATABASE_URL or the embedded one. */
export async function runWorkerProgram(name: string): Promise<void> {
  const program = fileURLToPath(new URL(`../../workers/dist/${name}.js`, import.meta.url))
  const run = async (env: Record<string, string | undefined>) => {
    const child = spawn(process.execPath, [program, ...process.argv.slice(3)], { env, stdio: 'inherit' })
    const [code] = (await once(child, 'exit')) as [number | null]
    process.exitCode = code ?? 1
  }
  // with the embedded database, the platform has to be stopped: this starts it for a moment
  if (process.env.DATABASE_URL) return run(process.env)
  try {
    const data = await openData(process.env)
    await run({ ...process.env, ...data.env }).finally(() => data.close())
  } catch (error) {
    if (!(error instanceof StartError || error instanceof SettingsError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
