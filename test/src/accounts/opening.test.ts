/** Opening an account tells nobody who has a login already, but the mailbox that it is about. */
import { createEnvoi } from '@envoi/sdk'
import { compare, type Pair } from '../access/compare-times.ts'
import { startExtraServer } from '../support/extra-server.ts'
import { describe, expect, type TestServer, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { type RawAnswer, request } from '../support/request.ts'
import { anyone, confirmOwner, confirmWith, invite, linkIn, mailsTo } from '../users/people.ts'

const theirs = 'calm-otter-47-lantern'
const others = 'quiet-heron-83-ladder'
let made = 0

const opening = (email: string, password?: string) => ({
  name: 'Atelier Zoé',
  locale: 'en-GB',
  timezone: 'Europe/Paris',
  owner: { email, firstName: 'Zoé', lastName: 'Roux', ...(password === undefined ? {} : { password }) },
  termsVersion: '2026-01',
})
const open = ({ url }: TestServer, email: string, password = others, headers = {}) =>
  request(`${url}/v1/accounts`, { body: opening(email, password), headers })
const nobody = ({ platform }: TestServer) => `nobody-${platform.newId()}@example.com`

/** Somebody with a login, who has confirmed the address. */
async function known(server: TestServer) {
  const account = await server.openAccount({ trial: true })
  await confirmOwner({ server, account })
  return account
}

/** An answer without what differs between any two: ids, times and the address that was sent. */
function shapeOf({ status, headers, text }: RawAnswer, email: string) {
  const kept = [...headers].filter(([name]) => !/^(date|x-request-id|ratelimit|content-length)/.test(name))
  const same = text
    .replaceAll(email, 'EMAIL')
    .replace(/[\da-f]{8}-[\da-f-]{27}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
  return { status, kept, same }
}

describe('an address that has a login', () => {
  test('opens an account with the same answer as one that has none', async ({ server }) => {
    const { ownerEmail } = await known(server)
    const unknown = nobody(server)
    const one = shapeOf(await open(server, ownerEmail), ownerEmail)
    expect(one).toEqual(shapeOf(await open(server, unknown), unknown))
    expect(one.status).toBe(201)
    expect(one.same).toContain('"status":"trial"')
  })

  test('keeps it: its holder logs in as before, and whoever opened the account sees what they would see of a stranger', async ({
    server,
    drain,
  }) => {
    const victim = await known(server)
    const unknown = nobody(server)
    const seen = async (email: string) => {
      await open(server, email)
      const login = () => anyone(server).sessions.create({ email, password: others })
      await refusal(anyone(server).sessions.create({ email, password: 'guessed it' }))
      const api = anyone(server).with((await login()).accessToken)
      await api.users.confirmEmail()
      await anyone(server).passwordResets.create({ email })
      await drain()
      const { steps } = await api.verification.get()
      const { data: events } = await api.auditEvents.list()
      const { emailVerifiedAt, role } = await api.users.me()
      const audited = events.map(({ action, outcome }) => [action, outcome])
      return { name: (await api.account.get()).name, steps, audited, emailVerifiedAt, role }
    }
    expect(await seen(victim.ownerEmail)).toEqual(await seen(unknown))
    const { accessToken } = await victim.login()
    expect((await anyone(server).with(accessToken).account.get()).id).toBe(victim.id)
  })

  test('is told by mail, without a link, in place of being asked to confirm', async ({ server }) => {
    const { ownerEmail } = await known(server)
    const before = (await mailsTo(server, ownerEmail)).length
    await open(server, ownerEmail)
    const [mail, ...more] = (await mailsTo(server, ownerEmail)).slice(before)
    expect(more).toEqual([])
    const parsed = await mail?.parsed()
    expect(parsed?.subject).toBe('You have an access already')
    expect(parsed?.headers.get('auto-submitted')).toBe('auto-generated')
    for (const text of [parsed?.html || '', parsed?.text ?? '']) {
      expect(text).toContain('has tried to open an account')
      expect(text).not.toMatch(/\/users\/|Zoé|Roux/)
    }
    await request(`${server.url}/v1/accounts`, {
      body: { ...opening(ownerEmail, others), locale: 'fr-FR' },
    })
    const last = await (await mailsTo(server, ownerEmail)).at(-1)?.parsed()
    expect(last?.subject).toBe('Vous avez déjà un accès')
  })

  test('is guarded against guesses as before: who logs in to an account opened with it forgives none', async ({
    server,
  }) => {
    const { ownerEmail: email } = await known(server)
    await open(server, email)
    const guess = () => refusal(anyone(server).sessions.create({ email, password: 'guessed it' }))
    const own = () => anyone(server).sessions.create({ email, password: others })
    for (let n = 0; n < 6; n += 1) {
      // the delay that a sixth failure brings is met even though the opener logs in after each
      if (n < 5) await own()
      expect((await guess()).code).toBe('invalid_credentials')
    }
    expect((await guess()).code).toBe('rate_limited')
  })

  test('takes as long to open an account as another', async ({ server }) => {
    const { ownerEmail } = await known(server)
    const time = async (isKnown: boolean) => {
      const start = process.hrtime.bigint()
      const answer = await open(server, isKnown ? ownerEmail : `nobody-${made++}@example.com`)
      expect(answer.status).toBe(201)
      return Number(process.hrtime.bigint() - start) / 1e6
    }
    await time(true)
    const pairs: Pair[] = []
    for (let pair = 0; pair < 30; pair++) {
      const knownFirst = Math.random() < 0.5
      const [first, second] = [await time(knownFirst), await time(!knownFirst)]
      pairs.push(knownFirst ? { known: first, unknown: second } : { known: second, unknown: first })
    }
    const result = compare(pairs)
    expect(result.difference, JSON.stringify(result)).toBeLessThan(
      Math.max(0.05 * result.median, result.noise),
    )
  })
})

describe('an address that somebody else has opened an account with', () => {
  test('becomes the login of whoever confirms it; the other one has none any more', async ({ server }) => {
    const email = nobody(server)
    await open(server, email, others)
    const squatter = await anyone(server).sessions.create({ email, password: others })
    const { body } = await open(server, email, theirs)
    // two mails have come: the second one is about the second account
    const { url } = await linkIn(server, email, 'confirmEmail')
    expect((await confirmWith(url, theirs)).status).toBe(200)
    const { accessToken } = await anyone(server).sessions.create({ email, password: theirs })
    expect((await anyone(server).with(accessToken).account.get()).id).toBe(
      (body.account as { id: string }).id,
    )
    expect(await refusal(anyone(server).sessions.create({ email, password: others }))).toMatchObject({
      code: 'invalid_credentials',
    })
    // what the other one can still do is ask for a mail: it tells the mailbox, and has no link any more
    server.platform.clock.advance(6 * 60_000)
    await anyone(server).with(squatter.accessToken).users.confirmEmail()
    const last = await (await mailsTo(server, email)).at(-1)?.parsed()
    expect(last?.subject).toBe('You have an access already')
  })

  test('can be opened with by many at once: each is answered alike, and one of them logs in', async ({
    server,
  }) => {
    const email = nobody(server)
    const passwords = Array.from({ length: 5 }, (_, n) => `${theirs}-${n}`)
    const answers = await Promise.all(passwords.map((password) => open(server, email, password)))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
    const logins = []
    for (const password of passwords)
      logins.push(
        await anyone(server)
          .sessions.create({ email, password })
          .then(
            () => 1,
            () => 0,
          ),
      )
    expect(logins.filter((one) => one === 1)).toHaveLength(1)
  })

  test('is confirmed for one of them only, however many links are used at once', async ({ server }) => {
    const email = nobody(server)
    const urls: string[] = []
    for (const password of [others, theirs]) {
      await open(server, email, password)
      urls.push((await linkIn(server, email, 'confirmEmail')).url)
    }
    const answers = await Promise.all(urls.map((url) => fetch(url, { method: 'POST' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410])
    const verified = { email, emailVerifiedAt: { not: null } }
    expect(await server.platform.db.user.count({ where: verified })).toBe(1)
  })

  test('stays the login of an account that the operator has let in', async ({ server, account }) => {
    await open(server, account.ownerEmail)
    await account.login()
    const { accessToken } = await anyone(server).sessions.create({
      email: account.ownerEmail,
      password: others,
    })
    expect((await anyone(server).with(accessToken).account.get()).id).not.toBe(account.id)
  })

  test('can accept an invitation: the mailbox decides', async ({ server, account }) => {
    const { email } = await invite({ server, account })
    await open(server, email, others)
    const { token } = await linkIn(server, email, 'invitation')
    await anyone(server).invitations.accept({ token, password: theirs })
    const { accessToken } = await anyone(server).sessions.create({ email, password: theirs })
    expect((await anyone(server).with(accessToken).account.get()).id).toBe(account.id)
  })
})

test('a network opens ten accounts an hour, and is told when to come back; the rest goes on', async ({
  server,
}) => {
  const extra = await startExtraServer(server.platform, {
    limits: { perCredentials: 1_000, perAddress: 1_000 },
    settings: { trustedProxies: 1 },
  })
  try {
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const ask = (address: string) =>
      request(`${extra.url}/v1/accounts`, { body: { name: 'x' }, headers: from(address) })
    // what is refused by its form counts as well
    for (let n = 0; n < 10; n += 1) expect((await ask('203.0.113.50')).status).toBe(400)
    const refused = await ask('203.0.113.50')
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
    expect(refused.headers.get('ratelimit-policy')).toBe('"default";q=1000;w=60, "openings";q=10;w=3600')
    expect(refused.headers.get('ratelimit')).toMatch(/"openings";r=0;t=\d+$/)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000)
    expect((await ask('203.0.113.51')).status).toBe(400)
    const login = createEnvoi({ baseUrl: extra.url, maxRetries: 0 }).sessions
    expect(await refusal(login.create({ email: nobody(server), password: others }))).toMatchObject({
      code: 'invalid_credentials',
    })
  } finally {
    await extra.close()
  }
})
