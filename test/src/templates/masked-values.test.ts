/** Whoever sees people masked cannot ask about them by what a mail does. */
import { allPermissions } from '@envoi/openapi'
import { campaignTo } from '../support/audience.ts'
import { describe, expect, type TestAccount, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'

/** All permissions but the one to see people. */
const masked = (account: TestAccount) =>
  account.as({ permissions: allPermissions.filter((name) => name !== 'contacts:reveal') })

const stop = '<a href="{{ unsubscribeUrl }}">Stop</a>'
const guess = `<p>{% if contact.email contains "a" %}{{ 1 | divided_by: 0 }}{% endif %}</p>${stop}`
const beacon = `<img src="https://shop.example/{{ contact.email }}.png">${stop}`
const harmless = `<p>Dear {{ contact.firstName | default: "friend" }}</p>${stop}`
const refused = { code: 'permission_missing' }

describe('without contacts:reveal', () => {
  test('a content that computes with what is masked is not saved, by whichever way', async ({
    server,
    account,
  }) => {
    const api = await masked(account)
    const campaign = await campaignTo(server, account, 1)
    const about = { name: 'Guess', channel: 'email' as const, subject: 'Hello' }
    const own = await api.templates.create({ ...about, html: harmless })
    const mjml = `<mjml><mj-body><mj-section><mj-column><mj-button href="https://shop.example/?e={{ contact.email }}">x</mj-button></mj-column></mj-section></mj-body></mjml>`
    const { purpose, sender } = await account.api.campaigns.get(campaign.id)
    const draft = { name: 'Guess', channel: 'email' as const, purpose, sender }
    for (const content of [{ html: guess }, { html: beacon }, { mjml }]) {
      const attempts = [
        () => api.templates.create({ ...about, name: 'Another', ...content }),
        () => api.templates.update(own.id, { html: null, ...content }),
        () => api.campaigns.create({ ...draft, content: { subject: 'Hello', ...content } }),
      ]
      for (const attempt of attempts) expect(await refusal(attempt())).toMatchObject(refused)
    }
    const mine = await api.campaigns.create({ ...draft, content: { subject: 'Hello', html: harmless } })
    const inSubject = { content: { subject: '{{ contact.email | slice: 0 }}', html: harmless } }
    const answer = await refusal(api.campaigns.update(mine.id, inSubject))
    expect(answer).toMatchObject({ ...refused, at: ['/content/subject'] })
    const text = { text: 'https://shop.example/{{ contact.email }}' }
    expect(await refusal(api.templates.update(own.id, text))).toMatchObject({
      ...refused,
      at: ['/text'],
    })
  })

  test('what somebody with the right has written may be used and named, not changed', async ({
    server,
    account,
  }) => {
    const api = await masked(account)
    const campaign = await campaignTo(server, account, 1)
    const about = { name: 'Theirs', channel: 'email' as const, subject: 'Hello', html: guess }
    const { id } = await account.api.templates.create(about)
    const { purpose, sender } = await account.api.campaigns.get(campaign.id)
    await api.campaigns.create({ name: 'Use', channel: 'email', purpose, sender, template: id })
    await api.templates.update(id, { name: 'Called otherwise' })
    expect(await refusal(api.templates.update(id, { subject: 'Good day' }))).toMatchObject(refused)
    await api.templates.update(id, { html: harmless })
  })

  test('a dry run does not tell whether a value is right', async ({ account, drain }) => {
    await account.api.contacts.create({ email: 'ada@example.com', firstName: 'Ada' })
    const api = await masked(account)
    const tried = async (firstName: string) => {
      const made = await api.imports.create({
        format: 'csv',
        columns: { Email: 'email', First: 'firstName' },
        onConflict: 'update',
        dryRun: true,
        origin: { source: 'file' },
      })
      await api.imports.upload(made.id, `Email,First\nada@example.com,${firstName}\n`)
      await drain()
      const events = await api.auditEvents.list({ targetId: made.id })
      return {
        counts: (await api.imports.get(made.id)).counts,
        audited: events.data.map(({ action, counts }) => [action, counts]),
      }
    }
    expect(await tried('Ada')).toEqual(await tried('Eve'))
  })
})
