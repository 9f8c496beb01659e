import { createWriteStream } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { Schemas } from '../api.ts'
import type { Envoi } from '../client.ts'
import type { GuessedColumns } from './columns/guess-columns.ts'
import { type CliContext, command, type Values } from './command.ts'
import { connect } from './connect.ts'
import { pairs } from './console/table.ts'
import { UsageError } from './failures.ts'
import { importBody, listIds } from './import-body.ts'
import { importOptions } from './import-options.ts'
import { sendAndWait } from './send-file.ts'

type Import = Schemas['Import']

export const importFile = command({
  name: 'import',
  summary: 'Import a file of contacts, and wait for its end',
  about: [
    'CSV with any delimiter and encoding, or NDJSON; compressed by gzip or not.',
    'The columns of exports of Mailchimp, Brevo and HubSpot are known, and those that have the names of Envoi; for others --column says what each becomes.',
    'Rows that are rejected do not stop it, and it is done all the same: look at the counts.',
  ],
  examples: [
    'import audience.csv --origin "Mailchimp" --dry-run',
    'import audience.csv --origin "Mailchimp" --consent newsletter:email --evidence-source "signup form" --evidence-text "I would like the newsletter." --evidence-text-version 1',
    "import people.csv --origin \"counter of the shop\" --column 'E-mail=email' --column 'Pays=attributes.country' --ignore-others --rejected rejected.csv",
  ],
  arguments: { file: { optional: true, describe: 'the file' } },
  options: importOptions,
  async run(context, { file }, options) {
    const { console, signal } = context
    if (options.cancel !== undefined) {
      const { envoi } = await connect(context)
      print(context, await envoi.imports.cancel(options.cancel, { signal }))
      return undefined
    }
    const [envoi, begun] = await begin(context, file, options)
    const ended = await sendAndWait(context, envoi, begun, file)
    if (options.rejected !== undefined) await writeRejected(envoi, ended.id, options.rejected, signal)
    print(context, ended)
    if (ended.counts.rejected > 0 && options.rejected === undefined)
      console.note(`\`envoi import --resume ${ended.id} --rejected <file>\` writes the rejected rows.`)
    return ended.status === 'completed' ? 0 : 1
  },
})

/** Reads the file's header before it asks for credentials: what is wrong with the command line is said first. */
async function begin(
  context: CliContext,
  file: string | undefined,
  options: Values<typeof importOptions>,
): Promise<[Envoi, Pick<Import, 'id' | 'status'>]> {
  const { signal, console } = context
  if (options.resume !== undefined) {
    const { envoi } = await connect(context)
    return [envoi, await envoi.imports.get(options.resume, { signal })]
  }
  if (file === undefined) throw new UsageError('<file> is missing', ['envoi import --help'])
  const { body, guess } = await importBody(file, options)
  if (guess !== undefined) console.note(...wordsOf(guess))
  const { envoi } = await connect(context)
  const lists = await listIds(envoi, options.list, signal)
  return [envoi, await envoi.imports.create({ ...body, lists }, { signal })]
}

function wordsOf({ from, columns }: GuessedColumns): string[] {
  const entries = Object.entries(columns)
  const ignored = entries.filter(([, target]) => target === 'ignore').map(([header]) => header)
  const kept = entries.filter(([, target]) => target !== 'ignore')
  return [
    `These are ${from}:`,
    ...pairs(Object.fromEntries(kept)).map((line) => `  ${line}`),
    ...(ignored.length > 0 ? [`  left out: ${ignored.join(', ')}`] : []),
  ]
}

/** Only their owner can read them: they are personal data. */
async function writeRejected(envoi: Envoi, id: string, file: string, signal: AbortSignal): Promise<void> {
  const rows = (await envoi.imports.errors(id, { signal })) as unknown as NodeReadableStream<Uint8Array>
  await pipeline(Readable.fromWeb(rows), createWriteStream(file, { mode: 0o600 }))
  if (process.platform !== 'win32') await chmod(file, 0o600)
}

function print({ console }: Pick<CliContext, 'console'>, one: Import): void {
  const { id, status, dryRun, counts, failure } = one
  console.result(one, [
    `Import ${id}: ${status}${dryRun ? ', nothing was changed (dry run)' : ''}`,
    ...(failure === null ? [] : [`${failure.code}: ${failure.detail}`]),
    ...pairs(counts).map((line) => `  ${line}`),
  ])
}
