/** For the operator of the platform. */
import type { Schemas } from '../api.ts'
import type { Envoi } from '../client.ts'
import { type CliContext, command } from './command.ts'
import { connectAsOperator } from './connect.ts'
import { pairs } from './console/table.ts'
import { UsageError } from './failures.ts'
import { listOptions } from './options.ts'
import { printList, wanted } from './print-list.ts'

const account = { describe: 'the id of the account' }
const reason = { type: 'string', value: 'text', describe: 'why; the account is shown it' } as const

const accountStatuses = [
  'trial',
  'active',
  'refused',
  'suspended',
  'closing',
  'archived',
  'destroyed',
] as const
const waivable = ['owner_email', 'company', 'sender_domain'] as const

export const list = command({
  name: 'accounts list',
  summary: 'List the accounts of the platform, newest first',
  options: {
    ...listOptions,
    status: { type: 'string', value: 'status', describe: 'only those in it, as `trial` or `suspended`' },
  },
  async run(context, _, { status, ...options }) {
    const { items, query } = wanted(options)
    const filter = status === undefined ? {} : { status: oneOf('status', accountStatuses, status) }
    const operator = await connectAsOperator(context)
    return printList(
      context.console,
      operator.operator.listAccounts({ ...query, ...filter }, { signal: context.signal }),
      items,
      {
        headers: ['id', 'status', 'opened', 'name'],
        row: ({ id, status, createdAt, name }) => [id, status, createdAt, name],
      },
    )
  },
})

export const show = command({
  name: 'accounts show',
  summary: 'Show an account, and how far its verification has come',
  arguments: { account },
  async run(context, args) {
    const { operator } = await connectAsOperator(context)
    const one = await operator.getAccount(args.account, { signal: context.signal })
    const steps = one.verification.steps.map(({ kind, status, history: [last] }) => [
      kind,
      status + (last === undefined ? '' : `, ${last.at}`) + (last?.reason ? `: ${last.reason}` : ''),
    ])
    context.console.result(one, pairs({ ...described(one), ...Object.fromEntries(steps) }))
    return undefined
  },
})

export const approve = command({
  name: 'accounts approve',
  summary: 'Approve an account: the restrictions of its trial end',
  arguments: { account },
  options: {
    waive: {
      type: 'string',
      value: 'steps',
      describe: `open steps to do without, with commas between: ${waivable.join(', ')}`,
    },
    reason: { type: 'string', value: 'text', describe: 'why; needed with --waive, the account can read it' },
  },
  run: (context, args, { waive, reason }) => {
    const steps = waive?.split(',').map((step) => oneOf('waive', waivable, step.trim()))
    if (steps !== undefined && reason === undefined)
      throw new UsageError('--reason is missing: the history says why a step was waived')
    return change(context, (operator) =>
      operator.operator.approveAccount(args.account, { waive: steps, reason }),
    )
  },
})

export const refuse = command({
  name: 'accounts refuse',
  summary: 'Refuse an account in trial: it can only export what it holds',
  arguments: { account },
  options: { reason },
  run: (context, args, options) =>
    change(context, (operator) => operator.operator.refuseAccount(args.account, { reason: given(options) })),
})

export const suspend = command({
  name: 'accounts suspend',
  summary: 'Suspend an account: all its sending stops at once',
  arguments: { account },
  options: { reason },
  run: (context, args, options) =>
    change(context, (operator) => operator.operator.suspendAccount(args.account, { reason: given(options) })),
})

export const reopen = command({
  name: 'accounts reopen',
  summary: 'Give a suspended or refused account the status back that it had',
  arguments: { account },
  run: (context, args) => change(context, (operator) => operator.operator.reopenAccount(args.account)),
})

function oneOf<const Known extends string>(flag: string, known: readonly Known[], text: string): Known {
  const found = known.find((word) => word === text)
  if (found === undefined) throw new UsageError(`--${flag} takes ${known.join(', ')}`)
  return found
}

function given({ reason }: { reason?: string }): string {
  if (reason === undefined) throw new UsageError('--reason is missing: the account is told why')
  return reason
}

async function change(context: CliContext, work: (operator: Envoi) => Promise<Schemas['Account']>) {
  return print(context, await work(await connectAsOperator(context)))
}

function print({ console }: CliContext, one: Schemas['Account']): undefined {
  console.result(one, pairs(described(one)))
}

const described = (one: Schemas['Account']) => ({
  id: one.id,
  name: one.name,
  status: one.status,
  reason: one.statusReason,
  company: one.legal.company,
  country: one.legal.country,
  registration: one.legal.registration,
  opened: one.createdAt,
  'messages a day': one.quotas.dailyMessages ?? 'no limit',
})
