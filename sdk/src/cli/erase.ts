import type { Schemas } from '../api.ts'
import { type CliContext, command } from './command.ts'
import { connect } from './connect.ts'
import { ask } from './console/ask.ts'
import { pairs } from './console/table.ts'
import { CliError, UsageError } from './failures.ts'
import { contactArgument, contactOptions, findContact } from './find-contact.ts'

export const erase = command({
  name: 'erase',
  summary: 'Erase a contact and wait for the receipt (GDPR art. 17)',
  about: ['It cannot be undone, so it asks first. `--yes` answers, where nobody is there to.'],
  examples: ['erase ada@example.com', 'erase --external-id crm-4711 --yes --json'],
  arguments: { contact: contactArgument },
  options: {
    ...contactOptions,
    reason: {
      type: 'string',
      choices: ['request', 'cleanup'],
      describe: 'request, unless said: the person asked, and later imports do not bring them back',
    },
    yes: { type: 'boolean', short: 'y', describe: 'does not ask' },
    resume: { type: 'string', value: 'erasure', describe: 'waits for an erasure that has begun' },
  },
  async run(context, args, options) {
    const { console, signal } = context
    const { envoi } = await connect(context)
    const { resume, reason = 'request' } = options
    if (resume !== undefined && (args.contact ?? options['external-id']) !== undefined)
      throw new UsageError('--resume names an erasure, and no contact')
    let id = resume
    if (id === undefined) {
      const contact = await findContact(envoi, args.contact, options['external-id'], signal)
      if (options.yes !== true) await confirm(context, contact)
      id = (await envoi.contacts.delete(contact.id, { reason }, { signal })).id
    }
    console.note('Waiting for the receipt …')
    const erasure = await envoi.erasures.waitFor(id, { signal }).catch((error: unknown) => {
      console.note(`The erasure goes on at the server. \`envoi erase --resume ${id}\` waits for its receipt.`)
      throw error
    })
    print(context, erasure)
    return undefined
  },
})

async function confirm(context: CliContext, contact: Schemas['Contact']): Promise<void> {
  context.console.note(
    ...pairs({
      id: contact.id,
      email: contact.email,
      phone: contact.phone,
      'external id': contact.externalId,
      name: [contact.firstName, contact.lastName].filter(Boolean).join(' ') || undefined,
    }),
  )
  const answer = await ask(context, 'Erase this contact for good? Type yes:', { instead: 'give --yes' })
  if (answer.trim().toLowerCase() !== 'yes') throw new CliError('Nothing was erased')
}

function print({ console }: CliContext, erasure: Schemas['Erasure']): void {
  console.result(erasure, [
    'Erased. The receipt, which names nobody:',
    ...pairs({
      erasure: erasure.id,
      reason: erasure.reason,
      requested: erasure.requestedAt,
      completed: erasure.completedAt,
    }),
    ...(Object.keys(erasure.deleted).length === 0 ? [] : ['Deleted:', ...pairs(erasure.deleted)]),
  ])
}
