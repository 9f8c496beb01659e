import { ConflictError, type Envoi } from '@envoi/sdk'
import type { Audience } from './audience.ts'
import { expect, inWords, type Report } from './report.ts'

/** One asks for their data, one to be forgotten. */
export async function askForRights(
  envoi: Envoi,
  { tracked, untracked }: Audience,
  report: Report,
): Promise<void> {
  const idOf = async (email: string | undefined) => {
    const [contact] = (await envoi.contacts.list({ email })).data
    if (contact === undefined) throw new Error('no such contact')
    return contact.id
  }
  const curious = await idOf(tracked[0])
  const formats = ['json', 'csv'] as const
  const sizes = await report.step('One asks for their data, as JSON and as CSV', () =>
    Promise.all(formats.map(async (format) => (await envoi.contacts.export(curious, { format })).length)),
  )
  report.figure(
    "characters in a contact's export",
    inWords(Object.fromEntries(formats.map((format, index) => [format, sizes[index] ?? 0]))),
  )

  const email = untracked[1] ?? ''
  const leaving = await idOf(email)
  const receipt = await report.step('One asks to be forgotten', async () => {
    const { id } = await envoi.contacts.delete(leaving)
    return envoi.erasures.waitFor(id)
  })
  expect(receipt.status === 'completed', 'a completed erasure')
  report.figure('receipt of the erasure: rows deleted', inWords(receipt.deleted))

  await report.step('Their address is refused from then on', async () => {
    const refused = await envoi.contacts.create({ email }).catch((error: unknown) => error)
    expect(refused instanceof ConflictError && refused.code === 'contact_erased', 'contact_erased')
  })
  const { verified } = await report.step('The consent ledger verifies', () => envoi.consents.integrity())
  expect(verified, 'a ledger without a broken line')
}
