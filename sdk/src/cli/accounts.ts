/** For the operator of the platform. */
import type { Schemas } from '../api.ts'
import type { Envoi } from '../client.ts'
import { type CliContext, command } from './command.ts'
import { connectAsOperator } from './connect.ts'
import { pairs } from './console/table.ts'
import { CliError, UsageError } from './failures.ts'
import { listOptions } from './options.ts'
import { printList, wanted } from './print-list.ts'

const account = { describe: 'the id of the account' }
const reason = { type: 'string', value: 'text', describe: 'why; the account is shown it' } as const

export const list = command({
  name: 'accounts list',
  summary: 'List the accounts of the platform, newest first',
  options: listOptions,
  async run(context, _, options) {
    const operator = await connectAsOperator(context)
    const { items, query } = wanted(options)
    return printList(
      context.console,
      operator.operator.listAccounts(query, { signal: context.signal }),
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
  summary: 'Show an account',
  arguments: { account },
  async run(context, args) {
    const operator = await connectAsOperator(context)
    for await (const one of operator.operator.listAccounts({ limit: 200 }, { signal: context.signal }))
      if (one.id === args.account) return print(context, one)
    throw new CliError('There is no such account', 4)
  },
})

export const approve = command({
  name: 'accounts approve',
  summary: 'Approve an account: the restrictions of its trial end',
  arguments: { account },
  run: (context, args) => change(context, (operator) => operator.operator.approveAccount(args.account)),
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

function given({ reason }: { reason?: string }): string {
  if (reason === undefined) throw new UsageError('--reason is missing: the account is told why')
  return reason
}

async function change(context: CliContext, work: (operator: Envoi) => Promise<Schemas['Account']>) {
  return print(context, await work(await connectAsOperator(context)))
}

function print({ console }: CliContext, one: Schemas['Account']): undefined {
  console.result(
    one,
    pairs({
      id: one.id,
      name: one.name,
      status: one.status,
      reason: one.statusReason,
      company: one.legal.company,
      registration: one.legal.registration,
      opened: one.createdAt,
      'messages a day': one.quotas.dailyMessages ?? 'no limit',
    }),
  )
}
