import type { FileSource } from '@envoi/sdk'
import type { TestAccount } from '../support/fixture.ts'

export type NewImport = Parameters<TestAccount['api']['imports']['create']>[0]

export const columns = { Email: 'email', Name: 'firstName', Ref: 'externalId' }
export const plain: NewImport = {
  format: 'csv',
  columns,
  onConflict: 'update',
  origin: { source: 'newsletter form', collectedAt: '2025-03-01T09:00:00Z' },
}

/** Imports a file to its end. */
export async function importFile(
  { account, drain }: { account: TestAccount; drain: () => Promise<void> },
  file: FileSource,
  options: Partial<NewImport> & { gzip?: boolean } = {},
) {
  const { gzip, ...changes } = options
  const { id } = await account.api.imports.create({ ...plain, ...changes })
  await account.api.imports.upload(id, file, { gzip })
  await drain()
  const ended = await account.api.imports.get(id)
  return { ...ended, errors: await new Response(await account.api.imports.errors(id)).text() }
}

export const contactsOf = async (account: TestAccount) => {
  const contacts = []
  for await (const contact of account.api.contacts.list()) contacts.push(contact)
  return contacts.reverse()
}

export const none = { created: 0, updated: 0, unchanged: 0, skipped: 0, rejected: 0 }
