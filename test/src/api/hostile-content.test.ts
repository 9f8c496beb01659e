/** What strangers put into fields, files and templates, followed to where it comes out again. */
import { parse } from 'csv-parse/sync'
import * as make from '../contract/make.ts'
import { contactsOf, importFile } from '../imports/support.ts'
import { audienceOf, verifiedSender } from '../support/audience.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const forged = 'Ada\r\nBcc: victim@example.com\r\n\r\n<p>forged</p>'

const send = (
  { url }: TestServer,
  { accessToken: token }: TestAccount,
  path: string,
  body: unknown,
  method = 'POST',
) => request(url + path, { token, method, body })

describe('CR and LF', () => {
  test('are refused with their pointer in every name and subject', async ({ server, account }) => {
    const scene = { server, account }
    const purpose = {
      key: 'news',
      name: 'News',
      description: 'x',
      legalBasis: 'consent',
      eprivacyGround: 'opt_in',
      channels: ['email'],
      retention: 'P3Y',
      policyText: 'x',
      policyVersion: '1',
    }
    const template = { name: 'Hello', channel: 'email', subject: 'Hello', html: '<p>x</p>' }
    const sender = { email: 'news@example.com', name: 'Ada' }
    const campaign = {
      name: 'November',
      channel: 'email',
      purpose: await make.purpose(scene),
      sender: await make.sender(scene),
    }
    const evidence = { source: 'x', collectedAt: '2026-01-01T10:00:00Z', text: 'x', textVersion: '1' }
    const consent = { purpose: campaign.purpose, channel: 'email', state: 'granted', evidence }
    const consents = `/v1/contacts/${await make.contact(scene)}/consents`
    const places: [string, unknown, string][] = [
      ['/v1/senders', { ...sender, name: forged }, '/name'],
      ['/v1/senders', { ...sender, email: `a@example.com\r\nBcc: b@example.com` }, '/email'],
      ['/v1/senders', { ...sender, replyTo: `a@example.com\r\nBcc: b@example.com` }, '/replyTo'],
      ['/v1/templates', { ...template, subject: forged }, '/subject'],
      ['/v1/campaigns', { ...campaign, content: { subject: forged, html: '<p>x</p>' } }, '/content/subject'],
      ['/v1/lists', { name: forged }, '/name'],
      ['/v1/purposes', { ...purpose, name: forged }, '/name'],
      ['/v1/sender-domains', { domain: 'a.example\r\nBcc: b' }, '/domain'],
      [consents, { ...consent, evidence: { ...evidence, source: forged } }, '/evidence/source'],
    ]
    const taken: unknown[] = []
    for (const [path, body, pointer] of places) {
      const { status, body: problem } = await send(server, account, path, body)
      const refused =
        [400, 422].includes(status) && problem.errors?.some((field) => field.pointer === pointer)
      if (refused !== true) taken.push([path, pointer, status, problem.errors])
    }
    expect(taken).toEqual([])
  })

  test('in what fills a subject or a name make no header, whatever their kind', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const { api } = account
    await api.fields.create({ key: 'note', label: 'Note', type: 'text' })
    await api.account.update({ name: 'Atelier Ada' })
    const { purpose, list, contacts } = await audienceOf(server, account, 1)
    const [ada] = contacts
    const id = ada?.id ?? ''
    const { db } = server.platform
    // past every check, as if one had been forgotten
    await db.contact.updateMany({
      where: { id },
      data: { firstName: forged, attributes: { note: `x\u2028Bcc: a@b\u0085Bcc: c@d\rBcc: e@f\nBcc: g@h` } },
    })
    await db.account.updateMany({ where: { id: account.id }, data: { name: forged } })
    const sender = await verifiedSender(server, account)
    await db.list.updateMany({ where: { id: list }, data: { name: forged } })
    const { id: campaignId } = await api.campaigns.create({
      name: 'November',
      channel: 'email',
      purpose,
      lists: [list],
      sender,
      content: {
        subject: '{{ contact.firstName }} {{ contact.attributes.note }} {{ account.name }}',
        html: '<p>Hello</p><a href="{{ unsubscribeUrl }}">Stop</a>',
      },
    })
    await api.campaigns.send(campaignId)
    await drain()
    const { counts } = await api.campaigns.get(campaignId)
    const received = mail.to(ada?.email ?? '')
    // either it was refused as it is, or it was sent with nothing added to it
    expect(counts.sent + counts.failed).toBe(1)
    expect(received).toHaveLength(counts.sent)
    for (const message of received) {
      const [head = ''] = message.raw.toString('latin1').split('\r\n\r\n')
      expect(head).not.toMatch(/^(?:bcc|cc|to: .*victim)/im)
      expect(message.to).toEqual([ada?.email])
      const parsed = await message.parsed()
      expect([parsed.bcc, parsed.cc]).toEqual([undefined, undefined])
      expect(String(parsed.html)).not.toContain('forged')
    }
    expect(mail.to('victim@example.com')).toEqual([])
  })
})

describe('a template', () => {
  const hostile: [string, Record<string, string>][] = [
    ['reads a file by include', { html: "<p>{% include '/etc/passwd' %}</p>" }],
    ['reads a file by render', { html: "<p>{% render 'package.json' %}</p>" }],
    ['reads a file by layout', { html: "{% layout '../package.json' %}" }],
    [
      'reads a file by mj-include',
      { mjml: '<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>' },
    ],
    [
      'reads CSS by mj-include',
      {
        mjml: '<mjml><mj-head><mj-include path="./package.json" type="css" /></mj-head><mj-body></mj-body></mjml>',
      },
    ],
    ['never ends', { html: '{% for i in (1..100000000) %}x{% endfor %}' }],
    [
      'never ends in its subject',
      { subject: '{% for i in (1..100000000) %}x{% endfor %}', html: '<p>x</p>' },
    ],
    [
      'grows without end',
      { html: `{% assign a = 'xxxxxxxxxx' %}${'{% assign a = a | append: a %}'.repeat(60)}{{ a }}` },
    ],
  ]
  for (const [what, content] of hostile)
    test(`that ${what} is refused, and holds up nobody`, { timeout: 60_000 }, async ({ server, account }) => {
      const body = { name: 'Hostile', channel: 'email', subject: 'x', ...content }
      const [answer, health] = await Promise.all([
        send(server, account, '/v1/templates', body).then(async (created) =>
          // what compiles must still not run
          created.status === 201
            ? send(server, account, `/v1/templates/${String(created.body.id)}/render`, { data: {} })
            : created,
        ),
        request(`${server.url}/health/live`),
      ])
      expect([answer.status, answer.body.code]).toEqual([422, 'invalid'])
      expect(answer.text).not.toMatch(/root:|"workspaces"/)
      expect(health.status).toBe(200)
    })
})

describe('a file', () => {
  test('with cells of a million characters, bytes that are no text and NUL loses those rows alone', async ({
    account,
    drain,
  }) => {
    const file = Buffer.concat([
      Buffer.from('Email,Name,Ref\n'),
      Buffer.from('first@example.com,Ada,1\n'),
      Buffer.from(`long@example.com,${'a'.repeat(1_000_000)},2\n`),
      Buffer.from(`quoted@example.com,"${'b'.repeat(1_000_000)}",3\n`),
      Buffer.concat([
        Buffer.from('bytes@example.com,'),
        Buffer.from([0xff, 0xfe, 0x41]),
        Buffer.from(',4\n'),
      ]),
      Buffer.from('nul@example.com,a\0b,5\n'),
      Buffer.from('last@example.com,Zoë,6\n'),
    ])
    const { status, counts, errors } = await importFile({ account, drain }, file, { encoding: 'utf-8' })
    expect(status).toBe('completed')
    expect(counts).toMatchObject({ created: 2, rejected: 4 })
    expect((await contactsOf(account)).map(({ email }) => email)).toEqual([
      'first@example.com',
      'last@example.com',
    ])
    const rows = parse(errors, { columns: true, bom: true }) as { line: string; code: string; row: string }[]
    expect(rows.map(({ line, code }) => [line, code])).toEqual([
      ['3', 'cell_too_long'],
      ['4', 'cell_too_long'],
      ['5', 'invalid_encoding'],
      ['6', 'nul_byte'],
    ])
    expect(Math.max(...rows.map(({ row }) => row.length))).toBeLessThan(3_000)
  })

  test('full of formulas comes out of every CSV with none', async ({ account, drain }) => {
    const formulas = ['=HYPERLINK("https://evil.example","x")', '+1+cmd', '-2+3', '@SUM(1)', '\t=1', '=1\n=2']
    const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
    const rows = formulas.map((cell, index) => `f${index}@example.com,${quoted(cell.trim())},${index}`)
    const bad = formulas.map((cell) => `${quoted(cell)},Ada,x`)
    const { errors } = await importFile(
      { account, drain },
      `Email,Name,Ref\n${[...rows, ...bad, '=1+1,Ada,y'].join('\n')}\n`,
    )
    const files = [errors]
    for (const { id } of await contactsOf(account))
      files.push(await account.api.contacts.export(id, { format: 'csv' }))
    expect(files.length).toBeGreaterThan(4)
    const cells = files.flatMap((file) => (parse(file, { bom: true }) as string[][]).flat())
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    expect(cells.filter((cell) => /^'[=+\-@]/.test(cell)).length).toBeGreaterThan(4)
  })
})
