/** A link speaks to the mailbox that it was sent to; whoever has that one now may only say no. */
import { addressMark } from '@envoi/core/tracking/address-mark'
import { createClickUrls } from '@envoi/core/tracking/click-urls'
import { signPreferences, signView } from '@envoi/core/tracking/token'
import { tokenKeysOf } from '@envoi/core/tracking/token-keys'
import * as make from '../contract/make.ts'
import { campaignTo } from '../support/audience.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { type Person, post, stateOf, subscriber } from './support.ts'

const phone = '+33612345678'
const read = async (url: string) => {
  const answer = await fetch(url)
  return { status: answer.status, text: await answer.text() }
}
const fields = (name: string, values: string[]) => values.map((value): [string, string] => [name, value])

/** Somebody who got a message, and has another address since. */
async function moved(scene: make.Scene): Promise<Person> {
  const ada = await subscriber(scene, { phone, locale: 'fr-FR' })
  await scene.account.api.purposes.update(ada.purpose, { channels: ['email', 'sms'] })
  await scene.account.api.contacts.update(ada.id, { email: `grace-${ada.id}@elsewhere.example` })
  return ada
}

describe('from a former address', () => {
  test('nothing of the contact is shown', async ({ server, account }) => {
    const ada = await moved({ server, account })
    for (const url of [ada.links.preferences, ada.links.unsubscribe]) {
      const { status, text } = await read(`${url}?lang=en`)
      expect(status).toBe(200)
      // tokens have all kinds of letters and digits in them
      const main = (/<main>.*<\/main>/s.exec(text)?.[0] ?? '').replace(/"[^"]*\/p\/[^"]*"/, '""')
      expect(main).toContain('<form')
      for (const secret of ['elsewhere', 'checked', 'sms', 'SMS', '••', phone.slice(-4)])
        expect(main).not.toContain(secret)
    }
  })

  test('no yes counts, and every no does', async ({ server, account }) => {
    const scene = { server, account }
    const ada = await moved(scene)
    const { preferences } = ada.links
    await account.api.objections.create(ada.id, { kind: 'profiling', evidence: make.evidence() })
    const everything = [`${ada.purpose} email`, `${ada.purpose} sms`, 'tracking']
    await post(preferences, [...fields('shown', ['objection profiling']), ...fields('wanted', everything)])
    expect(await stateOf(scene, ada)).toBe('lapsed')
    expect((await account.api.consents.list(ada.id)).data).toHaveLength(1)
    expect(await account.api.contacts.get(ada.id)).toMatchObject({
      tracking: 'unknown',
      objections: ['profiling'],
    })

    await post(preferences, fields('stop', [`${ada.purpose} email`, 'tracking', 'objection marketing']))
    expect(await stateOf(scene, ada)).toBe('withdrawn')
    const { tracking, objections } = await account.api.contacts.get(ada.id)
    expect([tracking, objections.toSorted()]).toEqual(['withdrawn', ['marketing', 'profiling']])
  })

  test('one click unsubscribes', async ({ server, account }) => {
    const scene = { server, account }
    const ada = await moved(scene)
    expect((await post(ada.links.unsubscribe, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200)
    expect(await stateOf(scene, ada)).toBe('withdrawn')
  })

  test('a message is not shown any more', async ({ server, account, mail, drain }) => {
    const content = {
      subject: 'Bonjour',
      html: '<p>{{ contact.email }}</p><a href="{{ viewUrl }}">V</a> <a href="{{ unsubscribeUrl }}">U</a>',
    }
    const { id, contacts } = await campaignTo(server, account, 1, { draft: { content } })
    await account.api.campaigns.send(id)
    await drain()
    const [person] = contacts
    const received = (await mail.to(person?.email ?? '')[0]?.parsed())?.html || ''
    const link = /https?:[^"]+\/view\/[\w-]+/.exec(received)?.[0] ?? 'no link'
    expect((await read(link)).text).toContain(person?.email)
    await account.api.contacts.update(person?.id ?? '', { email: 'grace@elsewhere.example' })
    const { status, text } = await read(link)
    expect(status).toBe(410)
    expect(text).not.toContain('elsewhere')
    await account.api.contacts.update(person?.id ?? '', { email: person?.email ?? '' })
    expect((await read(link)).status).toBe(200)
  })

  test('a click is nobody’s, even when tracking was agreed to anew', async ({ server, account, drain }) => {
    const { db, newId, keys, clock } = server.platform
    const scope = { accountId: account.id }
    const { id: contactId } = await account.api.contacts.create({ email: 'ada@former.example' })
    const sentAt = new Date(clock.now().getTime() - 60_000)
    const about = { channel: 'email', state: 'sent', nextAttemptAt: sentAt, sentAt, stateAt: sentAt } as const
    const { id: messageId } = await db.message.create({
      data: { ...scope, id: newId(), contactId, ...about },
    })
    const urls = createClickUrls(tokenKeysOf(keys), { publicUrl: server.url, ...scope, campaignId: null })
    const click = urls.individual({ messageId, contactId })(0, 'https://shop.example/')
    const clicked = async () => {
      expect((await fetch(click, { redirect: 'manual' })).status).toBe(302)
      await until('the inbox is empty', async () => {
        await drain()
        return (await db.eventInbox.count({ where: scope })) === 0
      })
      return db.event.count({ where: { ...scope, contactId } })
    }
    const agrees = () =>
      account.api.tracking.record(contactId, {
        state: 'granted',
        evidence: { ...make.evidence(), collectedAt: new Date().toISOString() },
      })
    await agrees()
    expect(await clicked()).toBe(1)
    await account.api.contacts.update(contactId, { email: 'grace@elsewhere.example' })
    await agrees()
    expect(await clicked()).toBe(1)
  })
})

test('a link of before links knew their address can only say no', async ({ server, account }) => {
  const scene = { server, account }
  const ada = await subscriber(scene)
  const keys = tokenKeysOf(server.platform.keys)
  const common = { accountId: account.id, contactId: ada.id, address: null }
  const url = `${server.url}/p/${signPreferences(keys, { ...common, messageId: null })}`
  await post(url, fields('wanted', [`${ada.purpose} email`, 'tracking']))
  expect((await account.api.tracking.get(ada.id)).state).toBe('unknown')
  await post(url, fields('stop', [`${ada.purpose} email`]))
  expect(await stateOf(scene, ada)).toBe('withdrawn')
  const view = signView(keys, { ...common, messageId: server.platform.newId() })
  expect((await read(`${server.url}/view/${view}`)).status).toBe(404)
  expect(addressMark({ keys: server.platform.keys, accountId: account.id }, ada.email)).toMatch(
    /^[0-9a-f]{16}$/,
  )
})

test('an email cannot agree for a telephone, and can refuse for it', async ({ server, account }) => {
  const scene = { server, account }
  const ada = await subscriber(scene, { phone })
  const { api } = account
  await api.purposes.update(ada.purpose, { channels: ['email', 'sms'] })
  const { preferences } = ada.links
  const key = `${ada.purpose} sms`
  expect((await read(preferences)).text).not.toContain(`value="${key}"`)
  await post(preferences, fields('wanted', [key]))
  const states = async () =>
    Object.fromEntries((await api.consents.list(ada.id)).data.map(({ channel, state }) => [channel, state]))
  expect(await states()).toEqual({ email: 'granted' })

  const evidence = make.evidence()
  await api.consents.record(ada.id, { purpose: ada.purpose, channel: 'sms', state: 'granted', evidence })
  expect((await read(preferences)).text).toContain(`value="${key}" checked`)
  await post(preferences, fields('shown', [key]))
  expect(await states()).toEqual({ email: 'granted', sms: 'withdrawn' })
})
