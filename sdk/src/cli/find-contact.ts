import type { Schemas } from '../api.ts'
import type { Envoi } from '../client.ts'
import type { Options } from './command.ts'
import { CliError, UsageError } from './failures.ts'

export const contactArgument = {
  optional: true,
  describe: "the contact: its id, or its email (which stays in your shell's history)",
} as const

export const contactOptions = {
  'external-id': { type: 'string', value: 'id', describe: 'the contact, by your own id of it' },
} as const satisfies Options

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Finds the contact that was named in one of the three ways. */
export async function findContact(
  envoi: Envoi,
  named: string | undefined,
  externalId: string | undefined,
  signal: AbortSignal,
): Promise<Schemas['Contact']> {
  if ((named === undefined) === (externalId === undefined))
    throw new UsageError('Name one contact: by its id, its email, or with --external-id')
  if (named !== undefined && uuid.test(named)) return envoi.contacts.get(named, { signal })
  if (named !== undefined && !named.includes('@'))
    throw new UsageError(`${named} is neither an id nor an email`)
  const query = named === undefined ? { externalId } : { email: named }
  const { data } = await envoi.contacts.list(query, { signal })
  const [contact] = data
  if (contact === undefined) throw new CliError('There is no such contact', 4)
  return contact
}
