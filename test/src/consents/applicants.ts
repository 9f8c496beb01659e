/** People who have just agreed to something that they must confirm. */
import type { SystemMail } from '@envoi/prisma'
import * as make from '../contract/make.ts'
import type { ReceivedMail } from '../servers/smtp-server.ts'
import { verifiedSender } from '../support/audience.ts'

/** A purpose that asks for confirmation, of an account that can send. */
export async function offers(scene: make.Scene): Promise<string> {
  await verifiedSender(scene.server, scene.account)
  const purpose = await make.purpose(scene)
  await scene.account.api.purposes.update(purpose, { doubleOptIn: true, name: 'Offres d’hiver' })
  return purpose
}

export async function newContact(scene: make.Scene, fields: { locale?: string; firstName?: string } = {}) {
  const email = `bob-${scene.server.platform.newId()}@example.com`
  const { id } = await scene.account.api.contacts.create({ email, ...fields })
  return { id, email }
}

export const evidenceNow = ({ server }: make.Scene) => ({
  ...make.evidence(),
  collectedAt: server.platform.clock.now().toISOString(),
})

export const sayYes = (
  scene: make.Scene,
  contactId: string,
  purpose: string,
  evidence = evidenceNow(scene),
) => scene.account.api.consents.record(contactId, { purpose, channel: 'email', state: 'granted', evidence })

/** Somebody who has just agreed and must confirm. */
export async function applicant(scene: make.Scene) {
  const purpose = await offers(scene)
  const bob = await newContact(scene)
  await sayYes(scene, bob.id, purpose)
  return { ...bob, purpose }
}

/** All mails that ask for a confirmation, in the order of the requests. */
export const mailsOf = ({ server, account }: make.Scene): Promise<SystemMail[]> =>
  server.platform.db.systemMail.findMany({ where: { accountId: account.id }, orderBy: { id: 'asc' } })

/** The link in a mail that asks for a confirmation. */
export const linkOf = async (mail: ReceivedMail | undefined) =>
  /https?:\S+\/confirm\/[\w-]+/.exec((await mail?.parsed())?.text ?? '')?.[0] ?? 'no link'

export const stateOf = async ({ account }: make.Scene, contactId: string) =>
  (await account.api.consents.list(contactId)).data[0]?.state
