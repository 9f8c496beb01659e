/** The closing of one's account, for its owner; and for the operator, of any. */
import type { Schemas } from '../api.ts'
import { type CliContext, command } from './command.ts'
import { connect, connectAsOperator } from './connect.ts'
import { ask, readSecret } from './console/ask.ts'
import { pairs } from './console/table.ts'

export const close = command({
  name: 'account close',
  summary: 'Close the account: after a week it is archived and deleted',
  about: [
    'Asks for the name of the account, and for a proof of who you are: a code if you have a second factor, else your password.',
    'Nothing is sent from then on. Until the week is over, `account cancel-closure` cancels it.',
  ],
  examples: [
    'account close',
    'account close --confirm "Atelier Ada" --password-stdin <password',
    'account close --confirm "Atelier Ada" --totp 492039',
  ],
  options: {
    confirm: { type: 'string', value: 'name', describe: 'the name of the account; asked for when left out' },
    totp: { type: 'string', value: 'code', describe: 'a code of your app, or a recovery code' },
    'password-stdin': { type: 'boolean', describe: 'reads the password from stdin' },
  },
  async run(context, _, options) {
    const { envoi } = await connect(context)
    const confirm =
      options.confirm ??
      (await ask(context, 'The name of the account that is to be closed:', { instead: 'give --confirm' }))
    const proof = await proofOf(context, options)
    const closure = await envoi.accountClosure.request({ confirm, ...proof }, { signal: context.signal })
    return print(context, closure)
  },
})

async function proofOf(
  context: CliContext,
  { totp, 'password-stdin': fromStdin }: { totp?: string; 'password-stdin'?: boolean },
): Promise<{ password: string } | { totp: string }> {
  if (totp !== undefined) return { totp }
  if (fromStdin === true) return { password: await readSecret(context) }
  const instead = 'give --totp or --password-stdin'
  const password = await ask(context, 'Password (none if you have a second factor):', {
    secret: true,
    instead,
  })
  return password === '' ? { totp: await ask(context, 'Code:', { instead }) } : { password }
}

export const closure = command({
  name: 'account closure',
  summary: 'Show where the closing of the account stands',
  async run(context) {
    const { envoi } = await connect(context)
    return print(context, await envoi.accountClosure.get({ signal: context.signal }))
  },
})

export const cancelClosure = command({
  name: 'account cancel-closure',
  summary: 'Call the closing of the account back',
  async run(context) {
    const { envoi } = await connect(context)
    return print(context, await envoi.accountClosure.cancel({ signal: context.signal }))
  },
})

export const closureOf = command({
  name: 'accounts closure',
  summary: 'Show the closing of an account, with its receipts',
  arguments: { account: { describe: 'the id of the account' } },
  async run(context, args) {
    const operator = await connectAsOperator(context)
    return print(context, await operator.operator.getAccountClosure(args.account, { signal: context.signal }))
  },
})

function print({ console }: CliContext, one: Schemas['AccountClosure']): undefined {
  console.result(one, [
    ...pairs({
      closing: one.id,
      status: one.status,
      requested: one.requestedAt,
      'can be called back until': one.closesAt,
      'called back': one.cancelledAt,
      archived: one.archivedAt,
      'archive destroyed on': one.destroyedAt ?? one.destroyAt,
    }),
    ...one.receipts.flatMap(({ step, at, rows, archive }) => [
      `Receipt: ${step}`,
      ...pairs({ at, bytes: archive?.bytes, 'SHA-256': archive?.sha256, ...rows }),
    ]),
  ])
}
