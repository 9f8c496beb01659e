import { expect } from 'vitest'
import type { TestAccount } from '../support/fixture.ts'
import type { TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

export interface BigFile {
  text: string
  rows: number
  /** Addresses of the contacts that it makes. */
  emails: string[]
  /** Lines of the file that are refused. */
  refused: number[]
}

/** So many rows, some of them without an address, some about a contact of a later row, far away in the file. */
export function bigFile(rows: number): BigFile {
  const isBroken = (row: number) => row % 100 === 50
  const isRepeated = (row: number) => row % 100 === 75 && row + rows / 2 < rows
  const repeats = (row: number) => row % 100 === 75 && row >= rows / 2
  const emails: string[] = []
  const refused: number[] = []
  const lines = Array.from({ length: rows }, (_, row) => {
    const email = isBroken(row) ? 'nobody@' : `person-${repeats(row) ? row - rows / 2 : row}@example.com`
    if (isBroken(row) || isRepeated(row)) refused.push(row + 2)
    else emails.push(email)
    return `${email},Ada ${row},2024-05-01 10:22:33`
  })
  return { text: `Email,Name,OPTIN_TIME\n${lines.join('\n')}\n`, rows, emails, refused }
}

/** Uploads it; consents are recorded and a list is filled as well. */
export async function startImport({ api }: TestAccount, { text }: BigFile): Promise<string> {
  await api.purposes.create({
    key: 'newsletter',
    name: 'Newsletter',
    description: 'About once a month.',
    legalBasis: 'consent',
    eprivacyGround: 'opt_in',
    channels: ['email'],
    retention: 'P3Y',
    policyText: 'I agree to receive the newsletter.',
    policyVersion: '1',
  })
  const list = await api.lists.create({ name: 'Readers' })
  const { id } = await api.imports.create({
    format: 'csv',
    columns: {
      Email: 'email',
      Name: 'firstName',
      OPTIN_TIME: 'consents.newsletter.email.collectedAt',
    },
    onConflict: 'update',
    origin: { source: 'old newsletter' },
    lists: [list.id],
    consents: [
      {
        purpose: 'newsletter',
        channel: 'email',
        state: 'granted',
        evidence: { source: 'form', text: 'I agree.', textVersion: '1' },
      },
    ],
  })
  await api.imports.upload(id, text)
  return id
}

/** Nothing missing, nothing twice, nothing left behind; and the figures say so. */
export async function expectAllImportedOnce(
  { db, direct }: TestPlatform,
  { id: accountId, api }: TestAccount,
  id: string,
  { rows, emails, refused }: BigFile,
) {
  const { status, counts, progress } = await api.imports.get(id)
  expect({ status, counts, progress }).toEqual({
    status: 'completed',
    counts: { created: emails.length, updated: 0, unchanged: 0, skipped: 0, rejected: refused.length },
    progress: { done: rows, total: rows },
  })
  const contacts = await direct.query<{ email: string }>('select email from contact where account_id = $1', [
    accountId,
  ])
  expect(contacts.rows.map(({ email }) => email).sort()).toEqual(emails.toSorted())
  expect(await db.listMember.count({ where: { accountId } })).toBe(emails.length)

  const errors = await db.importError.findMany({ where: { importId: id }, orderBy: { line: 'asc' } })
  expect(errors.map(({ line }) => line)).toEqual(refused)

  const lines = await direct.query(
    `select count(*)::int as lines, count(distinct contact_id)::int as contacts from consent_event where account_id = $1`,
    [accountId],
  )
  expect(lines.rows).toEqual([{ lines: emails.length, contacts: emails.length }])
  expect(await api.consents.integrity()).toMatchObject({
    verified: true,
    lines: emails.length,
    contacts: emails.length,
  })

  // it ends in several steps, and any of them may be done anew
  await until(
    'its job is done',
    async () => (await db.outbox.count({ where: { name: 'imports.run' } })) === 0,
  )
  expect(await db.importRow.count({ where: { importId: id } })).toBe(0)
  expect((await db.import.findFirstOrThrow({ where: { id } })).fileKey).toBeNull()
  const ends = await db.auditEvent.count({ where: { accountId, action: 'imports.run' } })
  expect(ends).toBe(1)
}
