/**
 * A whole life with an account, through its public sides alone: imported, asked, mailed, tracked, unsubscribed, exported, and
 * erased. Afterwards nothing anywhere tells that there was somebody.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { startWorkers } from '@envoi/workers'
import { newsletter, verifiedSender } from '../support/audience.ts'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { until } from '../support/until.ts'
import { dumpDatabase, dumpRedis, readFiles, searchFor } from './traces.ts'

/** Unlike anybody else's, also in a Redis that is shared. */
function newPerson() {
  const mark = randomBytes(5).toString('hex').replaceAll(/\d/g, 'k')
  const digits = String(randomInt(10_000_000, 99_999_999))
  return {
    email: `zoe.${mark}@example.com`,
    phone: `+336${digits}`,
    spacedPhone: `06 ${digits.match(/../g)?.join(' ')}`,
    externalId: `crm-${mark}-1`,
    firstName: `Zoé${mark}`,
    lastName: `Q${mark}tzal`,
    note: `prefers tea, says ${mark}`,
    ip: `198.51.100.${randomInt(1, 254)}`,
    values() {
      const { values: _, ...all } = this
      return [...Object.values(all), mark, digits, `06${digits}`]
    },
  }
}

type Person = ReturnType<typeof newPerson>
type Api = TestAccount['api']

const purposeOf = (api: Api) =>
  api.purposes.create({
    key: 'newsletter',
    name: 'Newsletter',
    description: 'About once a month',
    legalBasis: 'consent',
    eprivacyGround: 'opt_in',
    channels: ['email', 'sms'],
    retention: 'P3Y',
    policyText: 'I agree',
    policyVersion: '1',
  })

const columns = {
  Email: 'email',
  Phone: 'phone',
  Id: 'externalId',
  First: 'firstName',
  Last: 'lastName',
  Note: 'attributes.note',
  IP: 'consents.newsletter.email.ip',
}

/** The person's own row, and rows about the same person that are refused, in many spellings. */
function fileAbout(person: Person): string {
  const { email, phone, spacedPhone, externalId, firstName, lastName, note, ip } = person
  return [
    Object.keys(columns).join(','),
    `${email},${phone},${externalId},${firstName},${lastName},"${note}",${ip}`,
    `${email.toUpperCase()},12,x,${firstName},${lastName},,`,
    `not an address,${spacedPhone},y,Z,Q,,`,
    `not an address,,${externalId},Z,Q,,`,
    `broken@,,,${firstName.toUpperCase()},${lastName.toLowerCase()},,`,
    `"Zoé <${email}>",,,Z,Q,,`,
    'grace@,,,Grace,Hopper,,',
  ].join('\n')
}

async function importFile(api: Api, file: string, drain: () => Promise<void>, list: string): Promise<string> {
  const { id } = await api.imports.create({
    format: 'csv',
    columns,
    onConflict: 'update',
    origin: { source: 'shop' },
    lists: [list],
    consents: [
      {
        purpose: 'newsletter',
        channel: 'email',
        state: 'granted',
        evidence: { source: 'form', collectedAt: '2026-01-01T10:00:00Z', text: 'I agree', textVersion: '1' },
      },
    ],
  })
  await api.imports.upload(id, file)
  await drain()
  return id
}

/** What people do who read their mail. */
async function act(raw: string, publicUrl: string): Promise<void> {
  const link = (path: string) =>
    new RegExp(`${publicUrl}/${path}/[\\w.-]+`).exec(raw)?.[0] ?? `no /${path}/ in the mail`
  const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
  expect((await fetch(link('o'), { headers: browser })).status).toBe(200)
  expect((await fetch(link('c'), { headers: browser, redirect: 'manual' })).status).toBe(302)
  expect((await fetch(link('p'), { headers: browser })).status).toBe(200)
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
  expect((await fetch(link('u'), { method: 'POST', body, headers: browser })).status).toBe(200)
}

async function everythingStored(server: TestServer): Promise<string[]> {
  return [
    ...(await dumpDatabase(server)),
    ...(await dumpRedis(server)),
    ...(await readFiles(server)),
    ...server.logs,
  ]
}

test('somebody who was imported, mailed, tracked, unsubscribed and erased has left no trace', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { api } = account
  const { clock, settings } = server.platform
  const person = newPerson()
  const find = searchFor(person.values())
  await api.fields.create({ key: 'note', label: 'Note', type: 'text' })
  await purposeOf(api)
  const list = (await api.lists.create({ name: 'Spring fair' })).id

  await importFile(api, fileAbout(person), drain, list)
  const contact = (await api.contacts.list({ email: person.email })).data[0]
  expect(contact).toMatchObject({ firstName: person.firstName, externalId: person.externalId })
  const id = contact?.id ?? ''
  const evidence = {
    source: 'form',
    collectedAt: '2026-01-02T10:00:00Z',
    text: 'I agree',
    textVersion: '1',
    ip: person.ip,
  }
  await api.tracking.record(id, { state: 'granted', evidence })

  // refused, exported, rendered, looked for: each names the person
  expect(await refusal(api.contacts.create({ email: person.email }))).toMatchObject({ code: 'conflict' })
  await api.contacts.batch({
    contacts: [{ email: person.email, firstName: person.firstName }],
    onConflict: 'update',
  })
  await api.contacts.upsertByExternalId(person.externalId, { lastName: person.lastName })
  await api.contacts.export(id)
  await api.contacts.export(id, { format: 'csv' })
  await api.segments.preview({ rule: { field: 'email', op: 'eq', value: person.email } })
  const template = await api.templates.create({ name: 'Hello', channel: 'email', ...newsletter })
  await api.templates.render(template.id, { contactId: id })
  await api.suppressions.create({ channel: 'sms', value: person.phone, reason: 'manual' })
  await api.objections.create(id, { kind: 'profiling', evidence })
  await api.objections.delete(id, { kind: 'profiling' })

  const campaign = await api.campaigns.create({
    name: 'November',
    channel: 'email',
    purpose: 'newsletter',
    lists: [list],
    sender: await verifiedSender(server, account),
    template: template.id,
    tracking: { opens: true, clicks: true, mode: 'individual' },
  })
  mail.misbehave(
    { to: person.email, times: 1 },
    { at: 'rcpt', reply: `451 4.7.1 <${person.email}> is greylisted` },
  )
  await api.campaigns.send(campaign.id)
  await until(
    'the mail is there',
    async () => {
      await drain()
      clock.advance(10 * 60_000)
      return mail.to(person.email).length > 0
    },
    30_000,
  )
  const message = await mail.to(person.email)[0]?.parsed()
  await act(String(message?.html), settings.publicUrl)
  await until('all has been judged', async () => {
    clock.advance(3_000)
    await drain()
    return (await server.platform.db.eventInbox.count()) === 0
  })
  const measured = await api.campaigns.get(campaign.id)
  expect(measured.counts).toMatchObject({ sent: 1, opened: 1, clicked: 1, unsubscribed: 1 })
  expect((await api.consents.list(id)).data[0]?.state).toBe('withdrawn')

  // what there is to be found
  const before = find(await everythingStored(server))
  const tables = new Set(before.flatMap((line) => /in public\.(\w+) /.exec(line)?.[1] ?? []))
  expect([...tables].sort()).toEqual(expect.arrayContaining(['contact', 'import_error', 'suppression']))

  const erasure = await api.contacts.delete(id)
  const workers = await startWorkers(server.platform, { pollMs: 50 })
  try {
    expect(await api.erasures.waitFor(erasure.id)).toMatchObject({ status: 'completed' })
  } finally {
    await workers.close()
  }
  expect(find(await everythingStored(server))).toEqual([])

  // the mail is still in the mailbox, and its links go on working without bringing anything back
  await fetch(/https?:\S+\/o\/[\w.-]+/.exec(String(message?.html))?.[0] ?? '')
  await fetch(/https?:[^"\s]+\/c\/[\w.-]+/.exec(String(message?.html))?.[0] ?? '', { redirect: 'manual' })
  await fetch(/https?:[^"\s]+\/u\/[\w.-]+/.exec(String(message?.html))?.[0] ?? '', { method: 'POST' })
  // nor does the same file, though its rows are refused for other reasons too; a row with a name alone is about nobody known
  const file = fileAbout(person)
    .split('\n')
    .filter((line) => !line.startsWith('broken@'))
    .join('\n')
  const again = await api.imports.get(await importFile(api, file, drain, list))
  expect(again.counts).toMatchObject({ created: 0, updated: 0, rejected: 6 })
  expect(await refusal(api.contacts.create({ email: person.email }))).toMatchObject({
    code: 'contact_erased',
  })
  expect(find(await everythingStored(server))).toEqual([])
  expect((await api.campaigns.get(campaign.id)).counts).toEqual(measured.counts)
  expect((await api.consents.integrity()).verified).toBe(true)
}, 120_000)
