import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { Schemas } from '../api.ts'
import type { Envoi } from '../client.ts'
import { ConflictError, ConnectionError } from '../errors.ts'
import { readSample } from './columns/sample.ts'
import type { CliContext } from './command.ts'
import { type Progress, showProgress } from './console/progress.ts'
import { UsageError } from './failures.ts'

type Import = Schemas['Import']

/** Sends the file if the import still waits for it, and waits for the end; says how to go on when that is interrupted. */
export async function sendAndWait(
  { console, signal }: Pick<CliContext, 'console' | 'signal'>,
  envoi: Envoi,
  { id, status }: Pick<Import, 'id' | 'status'>,
  file: string | undefined,
): Promise<Import> {
  const progress = showProgress(console.stderr)
  let arrived = status !== 'awaiting_file'
  try {
    if (!arrived) {
      if (file === undefined) throw new UsageError('The import still waits for its file: name it')
      await send(envoi, id, file, progress, signal)
      arrived = true
    }
    return await envoi.imports.waitFor(id, {
      signal,
      // a large file takes its time
      timeout: Number.POSITIVE_INFINITY,
      onProgress: (now) => progress.update('Importing', now.progress.done, now.progress.total),
    })
  } catch (error) {
    progress.end()
    if (!(error instanceof UsageError)) console.note(...howToGoOn(id, arrived ? undefined : file))
    throw error
  } finally {
    progress.end()
  }
}

function howToGoOn(id: string, unsent: string | undefined): string[] {
  const stop = `\`envoi import --cancel ${id}\``
  if (unsent === undefined)
    return [
      'The import goes on at the server.',
      `\`envoi import --resume ${id}\` waits for its end, ${stop} stops it.`,
    ]
  return [
    'The file has not arrived, and nothing of it was kept.',
    `\`envoi import ${quoted(unsent)} --resume ${id}\` sends it again, ${stop} gives it up.`,
  ]
}

const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

async function send(
  envoi: Envoi,
  id: string,
  file: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { gzip, size } = await readSample(file)
  async function* counted() {
    let sent = 0
    for await (const chunk of createReadStream(file)) {
      sent += chunk.length
      progress.update(`Sending ${basename(file)}`, sent, size)
      yield chunk as Uint8Array
    }
  }
  try {
    await envoi.imports.upload(id, counted(), { gzip, signal })
  } catch (error) {
    // the answer was lost, perhaps, and the file was not; or an earlier attempt got through
    const unclear = error instanceof ConnectionError || error instanceof ConflictError
    if (!unclear || signal.aborted) throw error
    const { status } = await envoi.imports.get(id, { signal }).catch(() => ({ status: 'awaiting_file' }))
    if (status === 'awaiting_file') throw error
  }
}
