import { createWriteStream } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Envoi } from '../client.ts'
import { ApiError } from '../errors.ts'
import { command, type Options } from './command.ts'
import { connect } from './connect.ts'
import { pairs } from './console/table.ts'
import { UsageError } from './failures.ts'
import { instant, listOptions } from './options.ts'
import { printList, wanted } from './print-list.ts'

const filterOptions = {
  action: { type: 'string', value: 'name', describe: 'only what was done so, as contacts.update' },
  target: { type: 'string', value: 'id', describe: 'only what was done to this' },
  actor: { type: 'string', value: 'id', describe: 'only what this user, key or contact did' },
  outcome: { type: 'string', value: 'name', describe: 'only with this outcome, as failure' },
  since: { type: 'string', value: 'date', describe: 'only from this date or moment on' },
  until: { type: 'string', value: 'date', describe: 'only before this date or moment' },
} as const satisfies Options

type Filters = { [Name in keyof typeof filterOptions]?: string | undefined }

const filterOf = ({ action, target, actor, outcome, since, until }: Filters) => ({
  action,
  targetId: target,
  actorId: actor,
  outcome,
  since: since === undefined ? undefined : instant('since', since),
  until: until === undefined ? undefined : instant('until', until),
})

export const list = command({
  name: 'audit list',
  summary: 'List who did what, newest first',
  examples: ['audit list --action contacts.delete --limit 10', 'audit list --all --json'],
  options: { ...filterOptions, ...listOptions },
  async run(context, _, options) {
    const { envoi } = await connect(context)
    const { items, query } = wanted(options)
    const events = envoi.auditEvents.list({ ...query, ...filterOf(options) }, { signal: context.signal })
    return printList(context.console, events, items, {
      headers: ['at', 'actor', 'action', 'outcome', 'target', 'from', 'changed'],
      row: (event) => [
        event.at,
        event.actor.id === null ? event.actor.type : `${event.actor.type} ${event.actor.id}`,
        event.action,
        event.outcome,
        event.target === null ? null : `${event.target.type} ${event.target.id}`,
        event.address,
        event.changed.join(' ') || null,
      ],
    })
  },
})

export const exportEvents = command({
  name: 'audit export',
  summary: 'Export who did what, oldest first',
  about: ['The export is on record in the audit log.'],
  examples: [
    'audit export --since 2026-01-01 --output audit.csv',
    'audit export --format ndjson --actor <id>',
  ],
  options: {
    ...filterOptions,
    format: {
      type: 'string',
      choices: ['csv', 'ndjson'],
      describe: 'csv unless said, or the name of the file ends in .ndjson',
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'file',
      describe: 'a file that only you can read, in place of stdout',
    },
  },
  async run(context, _, { output, ...options }) {
    const { console, signal } = context
    const format = options.format ?? (output?.endsWith('.ndjson') ? 'ndjson' : 'csv')
    if (console.json && output === undefined)
      throw new UsageError('--json and the events cannot both have stdout: give --output')
    const { envoi } = await connect(context)
    const stream = await envoi.auditEvents.export({ ...filterOf(options), format }, { signal })
    const events = Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0])
    if (output === undefined) {
      for await (const chunk of events) console.text(chunk)
      return undefined
    }
    await pipeline(events, createWriteStream(output, { mode: 0o600 }))
    // a file that was there keeps its own
    if (process.platform !== 'win32') await chmod(output, 0o600)
    console.result({ file: output, format }, [`The audit log is in ${output}.`])
    return undefined
  },
})

type Ledger = Awaited<ReturnType<Envoi['consents']['integrity']>>

export const verify = command({
  name: 'audit verify',
  summary:
    'Verify that nothing in the audit log, the consent ledger and what is recorded was changed, removed or put in',
  about: [
    'The exit code says it: 0 when all of it holds, 1 when it does not. Note both `head` down elsewhere: what they stand for is the same later.',
    'The consent ledger takes `consents:read`: without it the audit log alone is verified, and the answer says so.',
  ],
  async run(context) {
    const { envoi } = await connect(context)
    const { signal } = context
    const audit = await envoi.auditEvents.integrity({ signal })
    const ledger = await ledgerOf(envoi, signal)
    const { events, seals, unsealed, head, sealedAt, keptSince, records } = audit
    context.console.result({ ...audit, consents: ledger }, [
      sentence('audit log', audit.firstBreak),
      ...pairs({
        'events that hold': events,
        seals,
        'not sealed yet': unsealed,
        head,
        'sealed at': sealedAt,
        'kept since': keptSince,
      }),
      sentence('record of suppressions, receipts, verification and retention', records.firstBreak),
      ...pairs({ 'entries under a seal': records.entries, breaks: records.breaks }),
      ...(ledger === null
        ? ['The consent ledger was not verified: it takes the permission consents:read.']
        : [
            sentence('consent ledger', ledger.firstBreak),
            ...pairs({
              lines: ledger.lines,
              'under a seal': ledger.sealed,
              'gone with erasures': ledger.erased,
              head: ledger.head,
              'sealed at': ledger.sealedAt,
            }),
          ]),
    ])
    const isWhole = audit.firstBreak === null && records.breaks === 0
    return isWhole && (ledger === null || ledger.firstBreak === null) ? 0 : 1
  },
})

/** null without the permission to read consents. */
async function ledgerOf(envoi: Envoi, signal: AbortSignal): Promise<Ledger | null> {
  try {
    return await envoi.consents.integrity({ signal })
  } catch (error) {
    if (error instanceof ApiError && error.code === 'permission_missing') return null
    throw error
  }
}

interface Break {
  problem: string
  seal: number | null
  eventId?: string | null
  contactId?: string | null
  lineId?: string | null
  sequence?: number | null
  kind?: string | null
  id?: string | null
}

function sentence(name: string, found: Break | null): string {
  if (found === null) return `The ${name} holds.`
  const { seal, eventId, contactId, lineId, sequence, kind, id } = found
  const places = { seal, [kind ?? 'row']: id, event: eventId, contact: contactId, line: lineId ?? sequence }
  const where = Object.entries(places).flatMap(([place, value]) =>
    value == null ? [] : [`${place} ${value}`],
  )
  return `The ${name} does not hold: ${[found.problem, ...where].join(', ')}.`
}
