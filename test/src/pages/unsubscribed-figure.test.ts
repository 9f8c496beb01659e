/** The links of a real message, as its recipient has them, and what the campaign then says of those who left. */
import type { Scene } from '../contract/make.ts'
import { campaignTo, withdraw } from '../support/audience.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { post } from './support.ts'

type Run = Scene & { mail: import('../servers/smtp-server.ts').MailServer; drain: () => Promise<void> }

/** A campaign that has been sent to so many, with the links that each of them got. */
async function sent({ mail, drain, ...scene }: Run, size = 1) {
  const { api } = scene.account
  const campaign = await campaignTo(scene.server, scene.account, size)
  await api.campaigns.send(campaign.id)
  await drain()
  const people = await Promise.all(
    campaign.contacts.map(async ({ id, email }) => {
      const received = await mail.to(email)[0]?.parsed()
      const html = received?.html || ''
      const link = (page: string) => new RegExp(`https?:[^"]+/${page}/[\\w-]+`).exec(html)?.[0] ?? 'no link'
      return { id, unsubscribe: link('u'), preferences: link('p') }
    }),
  )
  const figure = async () => (await api.campaigns.get(campaign.id)).counts.unsubscribed
  const events = async () =>
    scene.server.platform.db.event.findMany({
      where: { accountId: scene.account.id, type: 'contact.unsubscribed' },
    })
  const [person] = people
  if (person === undefined) throw new Error('nobody got it')
  return { ...campaign, people, person, figure, events }
}

const oneClick = { 'List-Unsubscribe': 'One-Click' }

describe('counts in the figures of the campaign, once', () => {
  test('who leaves by the button of the page', async ({ server, account, mail, drain }) => {
    const campaign = await sent({ server, account, mail, drain }, 2)
    for (const method of ['GET', 'HEAD']) await fetch(campaign.person.unsubscribe, { method })
    expect(await campaign.figure()).toBe(0)
    for (let time = 0; time < 3; time++) await post(campaign.person.unsubscribe)
    expect(await campaign.figure()).toBe(1)
    expect(await campaign.events()).toMatchObject([
      { contactId: campaign.person.id, campaignId: campaign.id, source: 'human' },
    ])
  })

  test('whose provider posts for them, even several times at once', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const campaign = await sent({ server, account, mail, drain })
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post(campaign.person.unsubscribe, oneClick)),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(await campaign.events()).toHaveLength(1)
    expect(await campaign.figure()).toBe(1)
  })

  test('who unticks the box on the preference page', async ({ server, account, mail, drain }) => {
    const campaign = await sent({ server, account, mail, drain })
    const key = `${campaign.purpose} email`
    for (let time = 0; time < 2; time++) await post(campaign.person.preferences, { shown: key })
    expect(await campaign.events()).toHaveLength(1)
    expect(await campaign.figure()).toBe(1)
  })

  test('who objects to all marketing there', async ({ server, account, mail, drain }) => {
    const campaign = await sent({ server, account, mail, drain })
    const key = `${campaign.purpose} email`
    await post(campaign.person.preferences, [
      ['shown', key],
      ['wanted', key],
      ['wanted', 'objection marketing'],
    ])
    expect(await campaign.figure()).toBe(1)
  })

  test('who left, came back and left again', async ({ server, account, mail, drain }) => {
    const campaign = await sent({ server, account, mail, drain })
    const key = `${campaign.purpose} email`
    await post(campaign.person.unsubscribe)
    await post(campaign.person.preferences, { wanted: key })
    await post(campaign.person.unsubscribe)
    expect(await campaign.events()).toHaveLength(2)
    expect(await campaign.figure()).toBe(1)
  })

  test('who is erased afterwards', async ({ server, account, mail, drain }) => {
    const campaign = await sent({ server, account, mail, drain }, 2)
    for (const { unsubscribe } of campaign.people) await post(unsubscribe)
    await account.api.contacts.delete(campaign.person.id)
    await drain()
    expect(await campaign.events()).toHaveLength(1)
    expect(await campaign.figure()).toBe(2)
  })
})

describe('does not count', () => {
  test('what the account records in their name', async ({ server, account, mail, drain }) => {
    const campaign = await sent({ server, account, mail, drain })
    await withdraw(account, campaign.person.id, campaign.purpose)
    await post(campaign.person.unsubscribe)
    expect(await campaign.events()).toEqual([])
    expect(await campaign.figure()).toBe(0)
  })

  test('for this campaign, who stops something else on the preference page', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const campaign = await sent({ server, account, mail, drain })
    const other = await sent({ server, account, mail, drain })
    const key = `${other.purpose} email`
    await post(campaign.person.preferences, { wanted: key })
    await post(campaign.person.preferences, { shown: key })
    expect(await campaign.events()).toMatchObject([{ contactId: campaign.person.id, campaignId: null }])
    expect([await campaign.figure(), await other.figure()]).toEqual([0, 0])
  })

  test('a page that is saved as it was', async ({ server, account, mail, drain }) => {
    const campaign = await sent({ server, account, mail, drain })
    const key = `${campaign.purpose} email`
    await post(campaign.person.preferences, { shown: key, wanted: key })
    expect(await campaign.events()).toEqual([])
  })
})
