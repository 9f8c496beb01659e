/** What was approved is what leaves. */
import { campaignTo } from '../support/audience.ts'
import { expect, type TestAccount, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'

const hour = 3_600_000
const letter = (words: string, image = 'https://cdn.example/a.png') => ({
  subject: `${words} subject`,
  html: `<p>${words} body of {{ account.name }}</p><img src="${image}" alt=""><a href="{{ unsubscribeUrl }}">Unsubscribe</a>`,
})

type Fixture = Parameters<typeof campaignTo>[0]

/** A campaign from a template to a segment in a segment: two of its three contacts. */
async function planned(server: Fixture & { platform: { clock: { now(): Date } } }, account: TestAccount) {
  const { api } = account
  const template = await api.templates.create({ name: 'Letter', channel: 'email', ...letter('Approved') })
  const audience = await campaignTo(server, account, 3)
  const campaign = await api.campaigns.get(audience.id)
  const emails = audience.contacts.map(({ email }) => email)
  const named = (some: string[]) => ({ field: 'email', op: 'in' as const, value: some })
  const inner = await api.segments.create({ name: 'Inner', rule: named(emails.slice(0, 2)) })
  const outer = await api.segments.create({ name: 'Outer', rule: { all: [{ segment: inner.id }] } })
  await api.campaigns.update(audience.id, {
    content: null,
    template: template.id,
    lists: [],
    segment: outer.id,
  })
  await api.senders.update(campaign.sender, { replyTo: 'answers@shop.example' })
  const at = new Date(server.platform.clock.now().getTime() + hour)
  const schedule = () => api.campaigns.schedule(audience.id, { at: at.toISOString() })
  return { ...audience, emails, named, inner, outer, template, sender: campaign.sender, schedule }
}

test('content, sender and rule are those of the moment when it was scheduled, whatever is changed afterwards', async ({
  server,
  account,
  mail,
  drain,
}) => {
  mail.clear()
  const { api } = account
  const { id, emails, named, inner, outer, template, sender, schedule } = await planned(server, account)
  expect((await api.campaigns.get(id)).approval).toBeNull()
  const { approval } = await schedule()
  expect(approval).toMatchObject({ by: { type: 'user' }, at: expect.stringMatching(/Z$/) })

  const editor = await account.as({ permissions: ['templates:read', 'templates:write', 'contacts:write'] })
  await editor.templates.update(template.id, letter('Swapped', 'https://evil.example/b.png'))
  expect(await refusal(editor.senders.update(sender, { replyTo: 'me@evil.example' }))).toMatchObject({
    code: 'permission_missing',
  })
  await api.senders.update(sender, { replyTo: 'other@shop.example', name: 'Somebody Else' })
  await api.account.update({ name: 'Renamed Account' })
  const { purpose } = await api.campaigns.get(id)
  await api.purposes.update(purpose, { name: 'Renamed Purpose' })
  await api.segments.update(inner.id, { rule: named(emails) })
  await api.segments.update(outer.id, { rule: named(emails) })

  server.platform.clock.advance(2 * hour)
  await drain()
  expect(mail.received.flatMap(({ to }) => to).sort()).toEqual(emails.slice(0, 2).sort())
  for (const email of emails.slice(0, 2)) {
    const received = await mail.to(email)[0]?.parsed()
    expect(received?.subject).toBe('Approved subject')
    expect(received?.html).toContain('https://cdn.example/a.png')
    expect(received?.replyTo?.value[0]?.address).toBe('answers@shop.example')
    expect(received?.from?.text).not.toContain('Somebody Else')
    expect(received?.html).toContain('Approved body of Atelier Ada')
    expect(mail.to(email)[0]?.raw.toString()).not.toContain('Renamed')
  }
  expect((await api.campaigns.get(id)).approval).toEqual(approval)
})

test('a campaign that becomes a draft again has lost its approval, and is approved anew as it is then', async ({
  server,
  account,
  mail,
  drain,
}) => {
  mail.clear()
  const { api } = account
  const { platform } = server
  const { id, template, schedule } = await planned(server, account)
  await schedule()
  const setDomains = (status: 'failed' | 'verified') =>
    platform.db.senderDomain.updateMany({ where: { accountId: account.id }, data: { status } })
  await setDomains('failed')
  platform.clock.advance(2 * hour)
  await drain()
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'draft', approval: null })
  await setDomains('verified')
  await api.templates.update(template.id, letter('Corrected'))
  expect((await api.campaigns.send(id)).approval).toMatchObject({ by: { type: 'user' } })
  await drain()
  const subjects = await Promise.all(mail.received.map(async (one) => (await one.parsed()).subject))
  expect(new Set(subjects)).toEqual(new Set(['Corrected subject']))
})
