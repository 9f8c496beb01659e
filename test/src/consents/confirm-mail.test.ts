/** Double opt-in from the yes to the proof: the mail is read as its recipient reads it, and its own link is followed. */
import * as make from '../contract/make.ts'
import { linksOf } from '../pages/support.ts'
import { verifiedSender, withdraw } from '../support/audience.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { confirmOwner } from '../users/people.ts'
import { applicant, evidenceNow, linkOf, mailsOf, newContact, offers, sayYes, stateOf } from './applicants.ts'

const hour = 3_600_000

describe('a yes that must be confirmed', () => {
  test('is asked about by mail, and its link leads to a proof of its own', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    expect(await stateOf(scene, bob.id)).toBe('pending')
    await drain()
    expect(mail.to(bob.email)).toHaveLength(1)
    const link = await linkOf(mail.to(bob.email)[0])

    for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(link, { method })).status).toBe(200)
    expect(await stateOf(scene, bob.id)).toBe('pending')
    expect((await fetch(link, { method: 'POST' })).status).toBe(200)
    expect(await stateOf(scene, bob.id)).toBe('granted')
    const { data, integrity } = await account.api.consents.history(bob.id)
    expect(integrity.verified).toBe(true)
    expect(data).toMatchObject([
      {
        state: 'granted',
        actor: { type: 'contact', id: bob.id },
        evidence: { source: 'double opt-in', text: 'We write to you once a month.', textVersion: '1' },
      },
      { state: 'pending', evidence: { source: 'form' } },
    ])
    expect((await fetch(link, { method: 'POST' })).status).toBe(200)
    expect((await account.api.consents.history(bob.id)).data).toHaveLength(2)
  })

  test('gets a mail in the language of the contact, else of the account, with nothing in it but the question', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    await account.api.account.update({
      legal: { company: 'Atelier Ada SAS', address: '1 rue de la Paix, Paris' },
    })
    const purpose = await offers(scene)
    const [english, french] = [
      await newContact(scene, { locale: 'en-GB', firstName: 'WIN A PRIZE at https://bad.example' }),
      await newContact(scene, { locale: 'it-IT' }),
    ]
    for (const { id } of [english, french]) await sayYes(scene, id, purpose)
    await drain()
    const read = async (email: string) => {
      const received = mail.to(email)[0]
      if (received === undefined) throw new Error('there is no mail')
      return { raw: received.raw.toString(), ...(await received.parsed()) }
    }

    const inEnglish = await read(english.email)
    expect(inEnglish.subject).toBe('Please confirm: “Offres d’hiver”')
    expect(inEnglish.html).toContain('lang="en"')
    const inFrench = await read(french.email)
    expect(inFrench.subject).toBe('Confirmez votre inscription\u00a0: «\u00a0Offres d’hiver\u00a0»')
    expect(inFrench.html).toContain('lang="fr"')
    for (const received of [inEnglish, inFrench]) {
      expect(received.from?.value).toMatchObject([{ name: 'Atelier Ada' }])
      expect(received.headers.get('auto-submitted')).toBe('auto-generated')
      expect(received.raw).toMatch(/^DKIM-Signature:/m)
      expect(received.raw).not.toMatch(/^List-Unsubscribe/m)
      expect(received.text).toContain('1 rue de la Paix, Paris')
      const both = `${received.html} ${received.text}`
      expect(both).not.toMatch(/<img|\/o\/|\/c\/|bad\.example/)
      const links = new Set([...both.matchAll(/https?:[^\s"<]+/g)].map(([url]) => url))
      expect([...links]).toEqual([expect.stringContaining('/confirm/')])
    }
  })

  test('from rows of an import is asked about, unless its proof is one or it was given long ago', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const purpose = await offers(scene)
    const addresses = ['new', 'proven', 'old'].map((name) => `${name}-${server.platform.newId()}@example.com`)
    const recently = evidenceNow(scene).collectedAt
    const file = [
      'Email,Source,When',
      `${addresses[0]},form,${recently}`,
      `${addresses[1]},double opt-in (Mailchimp),${recently}`,
      `${addresses[2]},form,2024-01-01T00:00:00Z`,
    ].join('\n')
    const column = `consents.${purpose}.email`
    const bring = async (dryRun: boolean) => {
      const { id } = await account.api.imports.create({
        format: 'csv',
        columns: { Email: 'email', Source: `${column}.source`, When: `${column}.collectedAt` },
        onConflict: 'update',
        origin: { source: 'fair' },
        consents: [
          { purpose, channel: 'email', state: 'granted', evidence: { text: 'I agree.', textVersion: '1' } },
        ],
        dryRun,
      })
      await account.api.imports.upload(id, file)
      await drain()
      expect((await account.api.imports.get(id)).counts).toMatchObject({ created: 3 })
    }
    await bring(true)
    expect(addresses.map((address) => mail.to(address).length)).toEqual([0, 0, 0])
    await bring(false)
    expect(addresses.map((address) => mail.to(address).length)).toEqual([1, 0, 0])
  })

  test('that a person gives on their preference page is asked about too', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    const { preferences } = await linksOf(scene, bob.id, bob.purpose)
    await withdraw(account, bob.id, bob.purpose)
    const body = new URLSearchParams({ wanted: `${bob.purpose} email` })
    expect((await fetch(preferences, { method: 'POST', body })).status).toBe(200)
    expect(await stateOf(scene, bob.id)).toBe('pending')
    await drain()
    expect(mail.to(bob.email)).toHaveLength(1)
  })
})

describe('nobody is asked', () => {
  const cases: [
    string,
    (scene: make.Scene, bob: { id: string; email: string; purpose: string }) => Promise<unknown>,
    string,
  ][] = [
    [
      'who has withdrawn meanwhile',
      ({ account }, bob) => withdraw(account, bob.id, bob.purpose),
      'superseded',
    ],
    [
      'whose address must not be written to',
      ({ account }, { email }) =>
        account.api.suppressions.create({ channel: 'email', value: email, reason: 'manual' }),
      'suppressed',
    ],
    [
      'who objects to marketing',
      (scene, { id }) =>
        scene.account.api.objections.create(id, { kind: 'marketing', evidence: evidenceNow(scene) }),
      'objection',
    ],
    [
      'whose data are restricted',
      (scene, { id }) =>
        scene.account.api.restriction.create(id, {
          reason: 'accuracy_contested',
          source: 'letter',
          receivedAt: evidenceNow(scene).collectedAt,
        }),
      'restricted',
    ],
  ]
  for (const [who, happens, reason] of cases) {
    test(who, async ({ server, account, mail, drain }) => {
      const scene = { server, account }
      const bob = await applicant(scene)
      await happens(scene, bob)
      await drain()
      expect(mail.to(bob.email)).toHaveLength(0)
      expect(await mailsOf(scene)).toMatchObject([{ state: 'excluded', reason }])
    })
  }
})

test('who is erased is not asked, and a link that had left leads nowhere', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const scene = { server, account }
  const bob = await applicant(scene)
  await drain()
  const link = await linkOf(mail.to(bob.email)[0])
  const eve = await newContact(scene)
  await sayYes(scene, eve.id, bob.purpose)
  for (const { id } of [bob, eve]) await account.api.contacts.delete(id)
  await drain()
  expect(mail.to(eve.email)).toHaveLength(0)
  for (const method of ['GET', 'POST']) expect((await fetch(link, { method })).status).toBe(404)
  expect(await mailsOf(scene)).toEqual([])
})

test('an address gets three mails in a day, whichever contact bears it, erased and created again', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const scene = { server, account }
  const purpose = await offers(scene)
  const email = 'again-and-again@example.com'
  for (let n = 0; n < 5; n++) {
    const { id } = await account.api.contacts.create({ email })
    await sayYes(scene, id, purpose)
    await drain()
    if (n % 2 === 0) await account.api.contacts.delete(id, { reason: 'cleanup' })
    // or it goes on under another address, and somebody else comes with this one
    else await account.api.contacts.update(id, { email: `former-${n}@example.com` })
    await drain()
    server.platform.clock.advance(hour + 1_000)
  }
  expect(mail.to(email)).toHaveLength(3)
})

test('an account in trial asks its own users only', async ({ server, mail, drain }) => {
  const account = await server.openAccount({ trial: true })
  const scene = { server, account }
  await confirmOwner(scene)
  const purpose = await offers(scene)
  const own = await account.api.contacts.create({ email: account.ownerEmail })
  const bob = await newContact(scene)
  for (const { id } of [own, bob]) await sayYes(scene, id, purpose)
  await drain()
  expect([mail.to(account.ownerEmail).length, mail.to(bob.email).length]).toEqual([1, 0])
})

test('without a sender that is believed it waits for one', async ({ server, account, mail, drain }) => {
  const scene = { server, account }
  const purpose = await make.purpose(scene)
  await account.api.purposes.update(purpose, { doubleOptIn: true })
  await account.api.senders.create({ email: 'news@unverified.example', name: 'Ada' })
  const bob = await newContact(scene)
  await sayYes(scene, bob.id, purpose)
  await drain()
  expect(mail.to(bob.email)).toHaveLength(0)
  expect(await mailsOf(scene)).toMatchObject([{ state: 'deferred', reason: 'sender_missing', attempts: 0 }])
  await verifiedSender(server, account)
  server.platform.clock.advance(hour)
  await drain()
  expect(mail.to(bob.email)).toHaveLength(1)
})

describe('when the mail server misbehaves', () => {
  test('a refusal for now is tried again', async ({ server, account, mail, drain }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    mail.misbehave({ to: bob.email, times: 1 }, { at: 'rcpt', reply: '450 4.2.1 Later' })
    // what did not leave is not counted against what may leave in a day
    await server.platform.db.account.update({ where: { id: account.id }, data: { dailyQuota: 1 } })
    await drain()
    expect(mail.to(bob.email)).toHaveLength(0)
    expect(await mailsOf(scene)).toMatchObject([{ state: 'deferred', smtpCode: 450, attempts: 1 }])
    server.platform.clock.advance(hour)
    await drain()
    expect(mail.to(bob.email)).toHaveLength(1)
    expect(await mailsOf(scene)).toMatchObject([{ state: 'sent', attempts: 2 }])
  })

  test('an address that does not exist is not written to any more', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    mail.misbehave({ to: bob.email }, { at: 'rcpt', reply: '550 5.1.1 No such user' })
    await drain()
    expect(await mailsOf(scene)).toMatchObject([{ state: 'failed', smtpCode: 550, enhancedCode: '5.1.1' }])
    const { data } = await account.api.suppressions.list({ value: bob.email })
    expect(data).toMatchObject([{ reason: 'hard_bounce' }])
  })

  test('what was lost after the final dot is not sent again', async ({ server, account, mail, drain }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    mail.misbehave({ to: bob.email }, { at: 'end', close: true, keep: true })
    await drain()
    server.platform.clock.advance(24 * hour)
    await drain()
    expect(mail.to(bob.email)).toHaveLength(1)
    expect(await mailsOf(scene)).toMatchObject([{ state: 'unknown' }])
  })
})
