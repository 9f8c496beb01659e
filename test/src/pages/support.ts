import { addressMark } from '@envoi/core/tracking/address-mark'
import { signConfirm, signPreferences, signUnsubscribe } from '@envoi/core/tracking/token'
import { tokenKeysOf } from '@envoi/core/tracking/token-keys'
import type { Scene } from '../contract/make.ts'
import * as make from '../contract/make.ts'

/** The links of a person, as their messages hold them. */
export async function linksOf({ server, account }: Scene, contactId: string, purposeKey: string | null) {
  const { db, keys, settings } = server.platform
  const tokenKeys = tokenKeysOf(keys)
  const scope = { accountId: account.id }
  const purpose =
    purposeKey === null
      ? null
      : await db.purpose.findUniqueOrThrow({ where: { accountId_key: { ...scope, key: purposeKey } } })
  const contact = await db.contact.findUnique({ where: { accountId_id: { ...scope, id: contactId } } })
  const address = addressMark({ keys, accountId: account.id }, contact?.email ?? '')
  const common = { ...scope, contactId, messageId: null, address }
  return {
    unsubscribe: `${settings.publicUrl}/u/${signUnsubscribe(tokenKeys, { ...common, purposeId: purpose?.id ?? null })}`,
    preferences: `${settings.publicUrl}/p/${signPreferences(tokenKeys, common)}`,
    /** Of the consent that waits. */
    async confirm() {
      const { eventId, purposeId, contact } = await db.consent.findFirstOrThrow({
        where: { ...scope, contactId, state: 'pending' },
        include: { contact: true },
      })
      const address = addressMark({ keys, accountId: account.id }, contact.email ?? '')
      const token = { ...scope, contactId, purposeId, consentEventId: eventId, address }
      return `${settings.publicUrl}/confirm/${signConfirm(tokenKeys, token)}`
    },
  }
}

export interface Person {
  id: string
  email: string
  purpose: string
  links: Awaited<ReturnType<typeof linksOf>>
}

/** Somebody who has agreed to a newsletter, with the links of a message of it. */
export async function subscriber(
  scene: Scene,
  contact: { locale?: string; phone?: string } = {},
): Promise<Person> {
  const { api } = scene.account
  const email = `ada-${scene.server.platform.newId()}@example.com`
  const { id } = await api.contacts.create({ email, ...contact })
  const purpose = await make.purpose(scene)
  await api.consents.record(id, { purpose, channel: 'email', state: 'granted', evidence: make.evidence() })
  return { id, email, purpose, links: await linksOf(scene, id, purpose) }
}

/** Somebody who has asked for offers and must confirm. */
export async function applicant(scene: Scene, contact: { locale?: string } = {}): Promise<Person> {
  const { api } = scene.account
  const email = `bob-${scene.server.platform.newId()}@example.com`
  const { id } = await api.contacts.create({ email, ...contact })
  const purpose = await make.purpose(scene)
  await api.purposes.update(purpose, { doubleOptIn: true })
  await api.consents.record(id, { purpose, channel: 'email', state: 'granted', evidence: make.evidence() })
  return { id, email, purpose, links: await linksOf(scene, id, purpose) }
}

export const post = (url: string, fields: Record<string, string> | [string, string][] = {}, headers = {}) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' })

export const stateOf = async ({ account }: Scene, { id }: { id: string }) =>
  (await account.api.consents.list(id)).data[0]?.state
