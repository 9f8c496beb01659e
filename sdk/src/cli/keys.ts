import type { BodyOf, Schemas } from '../api.ts'
import { command } from './command.ts'
import { connect } from './connect.ts'
import type { Console } from './console/console.ts'
import { pairs } from './console/table.ts'
import { UsageError } from './failures.ts'
import { instant, listOptions } from './options.ts'
import { printList, wanted } from './print-list.ts'

const key = { describe: 'the id of the key' }

export const list = command({
  name: 'keys list',
  summary: 'List the API keys that are not revoked',
  options: listOptions,
  async run(context, _, options) {
    const { envoi } = await connect(context)
    const { items, query } = wanted(options)
    return printList(context.console, envoi.apiKeys.list(query, { signal: context.signal }), items, {
      headers: ['id', 'begins', 'created', 'last used', 'expires', 'permissions', 'name'],
      row: (one) => [
        one.id,
        one.hint,
        one.createdAt,
        one.lastUsedAt,
        one.expiresAt,
        String(one.permissions.length),
        one.name,
      ],
    })
  },
})

export const create = command({
  name: 'keys create',
  summary: 'Create an API key',
  about: [
    'The key is shown once. It is alone on stdout, all else is on stderr: a script can keep it in a variable.',
    'Nobody can grant what they do not have.',
  ],
  examples: [
    'keys create "CRM synchronisation" --role developer --expires 2027-01-31',
    'keys create reader --permission contacts:read --permission campaigns:read',
  ],
  arguments: { name: { describe: 'what it is for' } },
  options: {
    role: { type: 'string', value: 'role', describe: 'what it may do, as a role' },
    permission: { type: 'string', multiple: true, value: 'name', describe: 'what it may do, exactly' },
    test: { type: 'boolean', describe: 'of test mode: everything runs, and no mail leaves' },
    expires: { type: 'string', value: 'date', describe: 'when it ends' },
    'allow-ip': {
      type: 'string',
      multiple: true,
      value: 'address',
      describe: 'an address or CIDR range that may use it; all unless said',
    },
  },
  async run(context, { name }, { role, permission, test, expires, 'allow-ip': allowedIps }) {
    if ((role === undefined) === (permission === undefined))
      throw new UsageError('Say what the key may do: either --role or --permission')
    // names of roles and permissions are the server's to know
    const body = {
      name,
      role,
      permissions: permission,
      mode: test === true ? 'test' : undefined,
      expiresAt: expires === undefined ? undefined : instant('expires', expires),
      allowedIps,
    } as BodyOf<'apiKeys.create'>
    const { envoi } = await connect(context)
    print(context.console, await envoi.apiKeys.create(body, { signal: context.signal }))
    return undefined
  },
})

export const rotate = command({
  name: 'keys rotate',
  summary: 'Give an API key another value; the one before goes on working for a while',
  about: ['The key is shown once, alone on stdout.'],
  examples: ['keys rotate 0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d --overlap P7D'],
  arguments: { key },
  options: {
    overlap: {
      type: 'string',
      value: 'duration',
      describe: 'for how long, as PT12H or P7D; a day unless said, PT0S not at all',
    },
  },
  async run(context, args, { overlap }) {
    const { envoi } = await connect(context)
    const rotated = await envoi.apiKeys.rotate(args.key, overlap === undefined ? {} : { overlap }, {
      signal: context.signal,
    })
    print(context.console, rotated, { 'earlier values end': rotated.previousEndsAt })
    return undefined
  },
})

export const revoke = command({
  name: 'keys revoke',
  summary: 'Revoke an API key: it stops working at once',
  arguments: { key },
  async run(context, args) {
    const { envoi } = await connect(context)
    await envoi.apiKeys.delete(args.key, { signal: context.signal })
    context.console.result({ id: args.key, revoked: true }, [`The key ${args.key} is revoked.`])
    return undefined
  },
})

function print(
  { result, note }: Console,
  created: Schemas['CreatedApiKey'],
  more: Record<string, string> = {},
): void {
  note(
    ...pairs({
      id: created.id,
      name: created.name,
      mode: created.mode,
      expires: created.expiresAt ?? 'never',
      permissions: created.permissions.join(' '),
      addresses: created.allowedIps.join(' ') || 'all',
      ...more,
    }),
    'The key is shown this once:',
  )
  result(created, [created.key])
}
