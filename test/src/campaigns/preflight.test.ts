/** Each thing that preflight finds, on a campaign that lacks nothing else. */
import { campaignTo, newsletter } from '../support/audience.ts'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'

type Draft = Parameters<TestAccount['api']['campaigns']['update']>[1]

/** The codes of what is found after a change of a campaign without fault, but for the notes that every one has. */
async function found(server: TestServer, account: TestAccount, change: (id: string) => Promise<unknown>) {
  const { id } = await campaignTo(server, account, 1)
  await change(id)
  const { ok, findings } = await account.api.campaigns.preflight(id)
  const codes = findings.map(({ severity, code }) => `${severity}: ${code}`)
  return { ok, codes: codes.filter((code) => code !== 'warning: sender_identity_incomplete') }
}

const link = '<a href="{{ unsubscribeUrl }}">Leave</a>'
const html = (body: string) => ({ subject: 'Hello', html: `<html><body>${body}</body></html>` })

test('a campaign without fault has none', async ({ server, account }) => {
  expect(await found(server, account, async () => undefined)).toEqual({ ok: true, codes: [] })
})

const drafts: [string, string, Draft][] = [
  ['error: content_missing', 'has no content', { content: null }],
  ['error: subject_empty', 'has an empty subject', { content: { ...newsletter, subject: ' ' } }],
  ['error: audience_missing', 'is for nobody', { lists: [] }],
  [
    'error: unsubscribe_link_missing',
    'has its link to unsubscribe in a comment only',
    { content: html(`<p>Hello</p><!-- ${link} -->`) },
  ],
  [
    'error: unsubscribe_link_missing',
    'has its link to unsubscribe in a comment of Liquid only',
    { content: html(`<p>Hello</p>{% comment %}${link}{% endcomment %}`) },
  ],
  [
    'error: unsubscribe_link_missing',
    'only asks whether there is a link to unsubscribe',
    { content: html('{% if unsubscribeUrl %}<p>Hello</p>{% endif %}') },
  ],
  [
    'error: unsubscribe_link_missing',
    'shows the address to unsubscribe without linking to it',
    { content: html('<p>{{ unsubscribeUrl }}</p>') },
  ],
  [
    'error: unsubscribe_link_missing',
    'has a plain text of its own without it',
    { content: { ...html(link), text: 'Hello' } },
  ],
  ['info: tracking_needs_consent', 'measures opens', { tracking: { opens: true, clicks: false } }],
  [
    'warning: unknown_variable',
    'names a field there is none of',
    { content: html(`${link}{{ contact.nam }}`) },
  ],
  [
    'warning: mjml_invalid',
    'has markup that MJML does not know',
    {
      content: {
        subject: 'Hello',
        mjml: `<mjml><mj-body><mj-section><mj-column><mj-text colour="red">${link}</mj-text></mj-column></mj-section></mj-body></mjml>`,
      },
    },
  ],
  [
    'warning: size_over_clipping_limit',
    'is longer than Gmail shows',
    { content: html(`${link}<p>${'word '.repeat(22_000)}</p>`) },
  ],
  [
    'warning: link_not_https',
    'links to an address in the clear',
    { content: html(`${link}<a href="http://shop.example/">Shop</a>`) },
  ],
]

test.for(drafts)('%s is found of one that %s', async ([code, , draft], { server, account }) => {
  const { ok, codes } = await found(server, account, (id) => account.api.campaigns.update(id, draft))
  expect({ ok, codes }).toEqual({ ok: !code.startsWith('error'), codes: [code] })
})

test('a link to unsubscribe counts as one when its clicks are not to be tracked', async ({
  server,
  account,
}) => {
  const content = html('<a data-envoi-track="off" href="{{ unsubscribeUrl }}">Leave</a>')
  const { codes } = await found(server, account, (id) => account.api.campaigns.update(id, { content }))
  expect(codes).toEqual([])
})

test('where clicks are measured, a link to the preferences in a comment is no way to withdraw', async ({
  server,
  account,
}) => {
  const { ok, codes } = await found(server, account, (id) =>
    account.api.campaigns.update(id, {
      tracking: { opens: false, clicks: true },
      content: html(`${link}<!-- <a href="{{ preferencesUrl }}">Preferences</a> -->`),
    }),
  )
  expect(ok).toBe(false)
  expect(codes).toEqual(['info: tracking_needs_consent', 'error: tracking_withdrawal_link_missing'])
})

const purposes: [string, string, object][] = [
  ['error: channel_not_of_purpose', 'does not use email', { channels: ['sms'] }],
  [
    'info: ground_without_consent',
    'rests on the soft opt-in',
    { legalBasis: 'legitimate_interests', assessment: 'LIA-1', eprivacyGround: 'soft_opt_in' },
  ],
  [
    'error: assessment_missing',
    'rests on legitimate interests that nobody has weighed',
    { legalBasis: 'legitimate_interests', assessment: ' ', eprivacyGround: 'soft_opt_in' },
  ],
]

test.for(purposes)('%s is found of one whose purpose %s', async ([code, , data], { server, account }) => {
  const { codes } = await found(server, account, () =>
    server.platform.db.purpose.updateMany({ where: { accountId: account.id }, data }),
  )
  expect(codes).toContain(code)
})

const domains: [string, string, object][] = [
  ['error: sender_domain_unverified', 'is not verified', { status: 'failed' }],
  ['error: sender_domain_not_aligned', 'is not that of its sender', { domain: 'other.example' }],
  ['warning: spf_missing', 'has no SPF record', { checks: [{ purpose: 'spf', status: 'missing' }] }],
  ['warning: dmarc_missing', 'has no DMARC record', { checks: [{ purpose: 'dmarc', status: 'missing' }] }],
]

test.for(domains)('%s is found of one whose domain %s', async ([code, , data], { server, account }) => {
  const { codes } = await found(server, account, () =>
    server.platform.db.senderDomain.updateMany({ where: { accountId: account.id }, data }),
  )
  expect(codes).toEqual([code])
})

test('a sender without a domain is found, and an account that does not say who it is', async ({
  server,
  account,
}) => {
  const { id } = await campaignTo(server, account, 1)
  const sender = await account.api.senders.create({ email: 'news@elsewhere.example', name: 'Ada' })
  await account.api.campaigns.update(id, { sender: sender.id })
  const { findings } = await account.api.campaigns.preflight(id)
  expect(findings.map(({ code }) => code)).toEqual(['sender_domain_missing', 'sender_identity_incomplete'])
})

test('an audience nobody of which may receive it is found', async ({ server, account }) => {
  const { codes } = await found(server, account, () =>
    server.platform.db.consent.updateMany({ where: { accountId: account.id }, data: { state: 'withdrawn' } }),
  )
  expect(codes).toEqual(['error: audience_empty'])
})

test('a segment that names what has been deleted is found', async ({ server, account }) => {
  const { codes } = await found(server, account, async (id) => {
    const field = await account.api.fields.create({ key: 'city', label: 'City', type: 'text' })
    const rule = { field: 'attributes.city', op: 'eq' as const, value: 'Paris' }
    const { id: segment } = await account.api.segments.create({ name: 'Paris', rule })
    await account.api.campaigns.update(id, { lists: [], segment })
    await server.platform.db.field.deleteMany({ where: { accountId: account.id, id: field.id } })
  })
  expect(codes).toEqual(['error: segment_invalid'])
})

test('in trial, contacts who are no users of the account are found', async ({ server }) => {
  const account = await server.openAccount({ trial: true })
  const { codes } = await found(server, account, async () => undefined)
  expect(codes).toEqual(['error: trial_restricted'])
})
