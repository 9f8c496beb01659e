import type { BodyOf } from '../api.ts'
import type { Envoi } from '../client.ts'
import { type GuessedColumns, guessColumns } from './columns/guess-columns.ts'
import { csvHeader, ndjsonHeader } from './columns/read-header.ts'
import { readSample } from './columns/sample.ts'
import type { Values } from './command.ts'
import { CliError, UsageError } from './failures.ts'
import type { importOptions } from './import-options.ts'
import { instant } from './options.ts'

type Given = Values<typeof importOptions>
type Body = BodyOf<'imports.create'>
type Consent = NonNullable<Body['consents']>[number]

/** What to ask the server for, and how the columns were guessed if they were. */
export async function importBody(
  file: string,
  given: Given,
): Promise<{ body: Body; guess: GuessedColumns | undefined }> {
  const { origin, encoding } = given
  if (origin === undefined)
    throw new UsageError('--origin is missing: where was the data collected?', [
      'as --origin "newsletter form"',
    ])
  const format = given.format ?? (/\.(ndjson|jsonl)(\.gz)?$/i.test(file) ? 'ndjson' : 'csv')
  const delimiter = given.delimiter === 'tab' ? '\t' : given.delimiter
  const flags = columnsOf(given)
  const consents = consentsOf(given, Object.values(flags ?? {}))
  const guess =
    flags === undefined ? await guessed(file, { format, delimiter, encoding }, consents) : undefined
  const body = {
    format,
    columns: flags ?? guess?.columns ?? {},
    delimiter,
    encoding: encoding as Body['encoding'],
    onConflict: given['on-conflict'] ?? 'update',
    origin: {
      source: origin,
      detail: given['origin-detail'],
      collectedAt: moment('origin-collected-at', given['origin-collected-at']),
    },
    consents: consents.length === 0 ? undefined : consents,
    dryRun: given['dry-run'] ?? false,
  } satisfies Body
  return { body, guess }
}

function columnsOf({ column, 'ignore-others': ignoreOthers }: Given): Record<string, string> | undefined {
  if (column === undefined) {
    if (ignoreOthers) throw new UsageError('--ignore-others goes with --column')
    return undefined
  }
  const pairs = column.map((one) => {
    // a header may hold “=”, what it becomes does not
    const at = one.lastIndexOf('=')
    if (at < 1) throw new UsageError(`--column ${one} is not header=target`)
    return [one.slice(0, at), one.slice(at + 1)]
  })
  return Object.fromEntries([...pairs, ...(ignoreOthers ? [['*', 'ignore']] : [])])
}

function consentsOf(given: Given, targets: string[]): Consent[] {
  const evidence = {
    source: given['evidence-source'],
    collectedAt: moment('evidence-collected-at', given['evidence-collected-at']),
    text: given['evidence-text'],
    textVersion: given['evidence-text-version'],
    ip: given['evidence-ip'],
    url: given['evidence-url'],
  }
  const consents = (given.consent ?? []).map((one): Consent => {
    const [, purpose, channel, said] =
      /^([^:=]+):(email|sms)(?:=(granted|withdrawn|refused))?$/.exec(one) ?? []
    if (purpose === undefined)
      throw new UsageError(`--consent ${one} is not purpose:channel or purpose:channel=state`, [
        'as newsletter:email, or newsletter:sms=withdrawn',
      ])
    const byColumn = targets.includes(`consents.${purpose}.${channel}.state`)
    const state = (said ?? (byColumn ? undefined : 'granted')) as Consent['state']
    return { purpose, channel: channel as Consent['channel'], state, evidence }
  })
  if (consents.length === 0 && Object.values(evidence).some((part) => part !== undefined))
    throw new UsageError('The --evidence flags go with --consent')
  return consents
}

async function guessed(
  file: string,
  { format, delimiter, encoding }: { format: string; delimiter?: string; encoding?: string },
  consents: Consent[],
): Promise<GuessedColumns> {
  const { text } = await readSample(file, encoding)
  const names = format === 'csv' ? csvHeader(text, delimiter) : ndjsonHeader(text)
  const states = consents.map(({ purpose, channel, state }) => ({ purpose, channel, state }))
  const guess = guessColumns(names, states)
  if (guess === undefined)
    throw new UsageError('The columns are those of no program that is known: say what they become', [
      ...names.filter((name) => name !== '').map((name) => `--column '${name.replaceAll("'", "'\\''")}=…'`),
      'or `ignore` for what is to be left out',
    ])
  const left = Object.entries(guess.exporter?.left ?? {}).find(([header]) => names.includes(header))
  if (left !== undefined && consents.some(({ state }) => state === 'granted'))
    throw new CliError(
      `This file is about people ${left[1]}: their consent cannot be imported as granted`,
      1,
      ['--consent <purpose>:email=withdrawn records that they said no'],
    )
  return guess
}

const moment = (name: string, value: string | undefined) =>
  value === undefined ? undefined : instant(name, value)

/** Lists by their ids, or by their names as they are written. */
export async function listIds(
  envoi: Envoi,
  wanted: string[] | undefined,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  if (wanted === undefined) return undefined
  const ids = new Map<string, string>()
  for await (const { id, name } of envoi.lists.list({ limit: 200 }, { signal })) ids.set(name, id).set(id, id)
  return wanted.map((one) => {
    const id = ids.get(one)
    if (id === undefined) throw new CliError(`There is no list ${one}`, 4)
    return id
  })
}
