import { parse } from 'csv-parse/sync'
import { describe, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { createPerson, person } from './person.ts'

interface Export {
  controller: { name: string }
  contact: Record<string, unknown>
  fields: Record<string, unknown>[]
  origin: { source: string }
  lists: { name: string }[]
  consents: Record<string, unknown>[]
  consentLedger: Record<string, unknown>[]
  suppressions: Record<string, unknown>[]
  messages: Record<string, unknown>[]
  events: Record<string, unknown>[]
  rejectedImportRows: { row: string }[]
  purposes: { key: string; legalBasis: string; retention: string }[]
  recipients: { recipient: string }[]
  rights: { right: string }[]
  retention: { default: string }
}

describe("an export of one's data", () => {
  test('holds everything that is held, and what art. 15 wants said of it', async ({
    server,
    account,
    drain,
  }) => {
    const id = await createPerson({ server, account, drain })
    const data = JSON.parse(await account.api.contacts.export(id)) as Export
    expect(data.contact).toMatchObject({ ...person, locale: 'fr', timezone: 'Europe/Paris' })
    expect(data.controller.name).toBe('Atelier Ada')
    expect(data.fields).toMatchObject([{ label: 'Note', value: 'Quetzal likes tea' }])
    expect(data.origin.source).toBe('api')
    expect(data.lists).toMatchObject([{ name: 'Spring fair' }])
    expect(data.consents).toMatchObject([{ purpose: 'newsletter', channel: 'email', state: 'granted' }])
    expect(data.consentLedger).toMatchObject([
      {
        purposeKey: 'newsletter',
        source: 'form',
        ip: '192.0.2.177',
        collectedAt: '2026-01-01T10:00:00.000Z',
      },
    ])
    expect(data.suppressions).toMatchObject([{ channel: 'sms', reason: 'unsubscribe' }])
    expect(data.messages).toMatchObject([
      { channel: 'email', state: 'sent', smtpCode: 250, enhancedCode: '2.0.0' },
      { channel: 'email', state: 'sent', trackingMode: 'off' },
    ])
    expect(data.events).toHaveLength(2)
    expect(data.events).toContainEqual(
      expect.objectContaining({ type: 'message.opened', source: 'unknown', reasons: ['image_proxy'] }),
    )
    // it waits to be judged
    expect(data.events).toContainEqual(expect.objectContaining({ source: null, reasons: ['prefetch'] }))
    expect(data.rejectedImportRows.map(({ row }) => row)).toContain('not an address,06 12 34 56 78,Z,Q')
    expect(data.purposes).toMatchObject([{ key: 'newsletter', legalBasis: 'consent', retention: 'P3Y' }])
    expect(data.recipients.length).toBeGreaterThan(0)
    expect(data.rights.map(({ right }) => right)).toContain('erasure')
    expect(data.retention.default).toBe('P3Y')
  })

  test('is on record as a read of personal data', async ({ account: { api } }) => {
    const { id } = await api.contacts.create(person)
    await api.contacts.export(id)
    const [event] = (await api.auditEvents.list({ action: 'contacts.export' })).data
    expect(event?.target).toEqual({ type: 'contact', id })
  })

  test('comes as CSV when asked for, by the query or by Accept, with formulas neutralised', async ({
    server,
    account,
  }) => {
    const { id } = await account.api.contacts.create({
      ...person,
      firstName: '=HYPERLINK("http://evil.example")',
      lastName: '@sum',
    })
    const byAccept = await fetch(`${server.url}/v1/contacts/${id}/export`, {
      headers: { authorization: `Bearer ${account.accessToken}`, accept: 'text/csv' },
    })
    expect(byAccept.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(byAccept.headers.get('content-disposition')).toBe(`attachment; filename="contact-${id}.csv"`)
    const file = await account.api.contacts.export(id, { format: 'csv' })
    const lines = parse(file, { bom: true, columns: true }) as Record<
      'section' | 'item' | 'name' | 'value',
      string
    >[]
    const value = (name: string) =>
      lines.find((line) => line.section === 'contact' && line.name === name)?.value
    expect(value('email')).toBe(person.email)
    expect(value('firstName')).toBe('\'=HYPERLINK("http://evil.example")')
    expect(value('lastName')).toBe("'@sum")
    expect(value('phone')).toBe(`'${person.phone}`)
    for (const line of lines) for (const cell of Object.values(line)) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  })

  test("is not given of another account's contact, nor to those who may only read", async ({
    server,
    account,
  }) => {
    const { id } = await account.api.contacts.create(person)
    const other = await server.openAccount()
    expect(await refusal(other.api.contacts.export(id))).toMatchObject({ code: 'not_found' })
    const reader = await account.as({ permissions: ['contacts:read', 'contacts:reveal'] })
    expect(await refusal(reader.contacts.export(id))).toMatchObject({ code: 'permission_missing' })
  })
})
