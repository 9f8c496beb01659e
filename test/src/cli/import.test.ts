import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { contactsOf } from '../imports/support.ts'
import type { TestAccount } from '../support/fixture.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'
import { type Cli, describe, expect, test } from './cli.ts'

const origin = ['--origin', 'newsletter form']
const put = (cli: Cli, name: string, content: string | Buffer) => writeFile(join(cli.folder, name), content)
const summary = async (account: TestAccount) =>
  (await contactsOf(account)).map(({ email, firstName, phone }) => ({ email, firstName, phone }))

/** As Mailchimp writes it: merge fields of the account in front, its own columns after. */
const mailchimp = [
  '"Email Address","First Name","Last Name","Phone Number","Favourite tea",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LEID,EUID,NOTES',
  'ada@example.com,Ada,Lovelace,+33612345678,"Earl Grey, hot",4,"2024-03-14 09:12:31",192.0.2.1,"2024-03-14 09:14:00",1,a,',
  'grace@example.com,Grace,Hopper,,,3,,,"2024-03-15 10:00:00",2,b,"said ""hello"""',
  'not an address,,,,,3,"2024-03-14 09:12:31",192.0.2.1,,3,c,',
].join('\n')

describe('import', () => {
  test("knows the columns of Mailchimp's export, and says what it leaves out", async ({
    ada,
    account,
    workers: _,
  }) => {
    await put(ada, 'audience.csv', mailchimp)
    const { code, stdout, stderr } = await ada.run(['import', 'audience.csv', ...origin])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Import \S+: completed\n {2}created +2\n {2}updated +0\n/)
    expect(stdout).toMatch(/^ {2}rejected +1$/m)
    expect(stderr).toMatch(/These are Mailchimp's audience export:\n {2}Email Address +email\n/)
    expect(stderr).toContain('left out: Favourite tea, MEMBER_RATING, OPTIN_TIME,')
    expect(stderr).toContain('Sending audience.csv 100 %')
    expect(stderr).toMatch(/--resume \S+ --rejected <file>` writes the rejected rows/)
    expect(await summary(account)).toEqual([
      { email: 'ada@example.com', firstName: 'Ada', phone: '+33612345678' },
      { email: 'grace@example.com', firstName: 'Grace', phone: null },
    ])
  })

  test('records consents, with the time and address at which each person agreed', async ({
    ada,
    account,
    workers: _,
  }) => {
    await account.api.purposes.create({ key: 'newsletter', ...newsletterPurpose })
    await put(ada, 'audience.csv', mailchimp)
    const args = ['import', 'audience.csv', ...origin, '--consent', 'newsletter:email']
    const proof = [
      '--evidence-source',
      'form',
      '--evidence-text',
      'Yes, please.',
      '--evidence-text-version',
      '1',
    ]
    const refused = await ada.run(args)
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('/consents/0/evidence/source: '),
    ])

    const rejected = join(ada.folder, 'rejected.csv')
    const { code, data } = await ada.json([...args, ...proof, '--rejected', 'rejected.csv'])
    expect([code, data.counts]).toEqual([0, expect.objectContaining({ created: 1, rejected: 2 })])
    const rows = await readFile(rejected, 'utf8')
    // nobody knows when she agreed: she does not come in as somebody who did
    expect(rows).toMatch(/^3,.*grace@example\.com/m)
    expect((await stat(rejected)).mode & 0o777).toBe(0o600)
    const [contact] = await contactsOf(account)
    expect((await account.api.consents.list(contact?.id ?? '')).data).toMatchObject([
      {
        purpose: 'newsletter',
        evidence: { source: 'form', collectedAt: '2024-03-14T09:12:31.000Z', ip: '192.0.2.1' },
      },
    ])
  })

  test('does not take those who have unsubscribed for people who agreed', async ({ ada }) => {
    await put(
      ada,
      'unsubscribed.csv',
      'Email Address,MEMBER_RATING,OPTIN_TIME,LEID,EUID,UNSUB_TIME\na@example.com,1,2024-01-01 00:00:00,1,a,2024-02-01 00:00:00\n',
    )
    const args = ['import', 'unsubscribed.csv', ...origin, '--consent']
    const { code, stderr } = await ada.run([...args, 'newsletter:email'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('people who have unsubscribed')])
    const withdrawn = await ada.run([...args, 'newsletter:email=withdrawn', '--evidence-source', 'Mailchimp'])
    expect(withdrawn.stderr).toMatch(/^ {2}UNSUB_TIME +consents\.newsletter\.email\.collectedAt$/m)
  })

  test('takes columns by flags, in a compressed file of another delimiter and encoding', async ({
    ada,
    account,
    workers: _,
  }) => {
    await account.api.fields.create({ key: 'country', label: 'Pays', type: 'text' })
    const { id } = await account.api.lists.create({ name: 'Salon 2025' })
    await put(
      ada,
      'people.csv.gz',
      gzipSync(Buffer.from('E=mail;Prénom;Pays;Code\nz@example.com;Zoé;FR;7\n', 'latin1')),
    )
    const flags = ['E=mail=email', 'Prénom=firstName', 'Pays=attributes.country'].flatMap((one) => [
      '--column',
      one,
    ])
    const more = ['--ignore-others', '--list', 'Salon 2025', '--origin-detail', 'stand 7', '--delimiter', ';']
    const { code, data } = await ada.json(['import', 'people.csv.gz', ...origin, ...flags, ...more])
    expect([code, data.counts]).toEqual([0, expect.objectContaining({ created: 1 })])
    expect(await contactsOf(account)).toMatchObject([
      { firstName: 'Zoé', attributes: { country: 'FR' }, lists: [id], origin: { detail: 'stand 7' } },
    ])
    expect((await ada.run(['import', 'people.csv.gz', ...origin, ...flags, '--list', 'Nobody'])).code).toBe(4)
  })

  test('knows its own names, and NDJSON', async ({ ada, account, workers: _ }) => {
    await put(ada, 'people.ndjson', '{"email":"ada@example.com","firstName":"Ada"}\n')
    const { code, data } = await ada.json(['import', 'people.ndjson', ...origin])
    expect([code, data]).toEqual([0, expect.objectContaining({ format: 'ndjson', status: 'completed' })])
    expect(await summary(account)).toEqual([{ email: 'ada@example.com', firstName: 'Ada', phone: null }])
  })

  test('guesses at nothing: columns it does not know are listed for the flags', async ({ ada }) => {
    await put(ada, 'people.csv', "sep=;\nMail;L'âge\nada@example.com;36\n")
    const { code, stdout, stderr } = await ada.run(['import', 'people.csv', ...origin])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain("  --column 'Mail=…'\n  --column 'L'\\''âge=…'\n")
    expect((await ada.run(['import', 'people.csv'])).stderr).toContain('--origin is missing')
    expect((await ada.run(['import', 'nowhere.csv', ...origin])).code).toBe(1)
  })

  test('changes nothing in a dry run', async ({ ada, account, workers: _ }) => {
    await put(ada, 'audience.csv', mailchimp)
    const { code, stdout } = await ada.run(['import', 'audience.csv', ...origin, '--dry-run'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('nothing was changed (dry run)')])
    expect(stdout).toMatch(/^ {2}created +2$/m)
    expect(await contactsOf(account)).toEqual([])
  })

  test('fails when the file as a whole cannot be read', async ({ ada, workers: _ }) => {
    await put(ada, 'people.csv', 'email\nada@example.com\n')
    const args = ['import', 'people.csv', ...origin, '--column', 'Other=email', '--ignore-others']
    const { code, stdout } = await ada.run(args)
    expect([code, stdout]).toEqual([1, expect.stringMatching(/: failed\ncolumn_missing: .*“Other”/)])
    expect(await ada.json(args)).toMatchObject({ code: 1, data: { failure: { code: 'column_missing' } } })
  })
})
