import { vi } from 'vitest'
import { startExtraServer } from '../support/extra-server.ts'
import { test as base, describe, expect, type TestAccount, type TestServer } from '../support/fixture.ts'
import { request } from '../support/request.ts'

// many requests, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 })

interface Door {
  /** An attempt from an address; answers its status, and for how long to wait. */
  knock(email: string, password?: string, address?: string): Promise<{ status: number; wait: number | null }>
}

/** A server behind one proxy, so that tests can come from where they want; and a clock that goes only when it is told to. */
const test = base.extend<{ behindProxy: string; door: Door }>({
  behindProxy: [
    async ({ server }, use) => {
      const extra = await startExtraServer(server.platform, { settings: { trustedProxies: 1 } })
      await use(extra.url)
      await extra.close()
    },
    { scope: 'file' },
  ],
  door: async ({ server, behindProxy }, use) => {
    server.platform.clock.stopAt(server.platform.clock.now())
    await server.platform.direct.query('delete from login_throttle')
    await use({
      async knock(email, password = 'guessed, of course', address = '198.51.100.1') {
        // ids of two processes sort by time
        server.platform.clock.advance(1)
        const headers = { 'x-forwarded-for': address }
        const answer = await request(`${behindProxy}/v1/sessions`, { headers, body: { email, password } })
        const wait = answer.headers.get('retry-after')
        return { status: answer.status, wait: wait === null ? null : Number(wait) }
      },
    })
  },
})

const refused = { status: 401, wait: null }
const second = 1_000
const minute = 60 * second

/** What so many attempts in a row are answered: 0 for a refusal, else the seconds to wait, which are waited. */
async function waits(times: number, { platform }: TestServer, knock: () => ReturnType<Door['knock']>) {
  const seen: number[] = []
  for (let time = 0; time < times; time++) {
    const { status, wait } = await knock()
    expect(status).toBe(wait === null ? 401 : 429)
    seen.push(wait ?? 0)
    platform.clock.advance((wait ?? 0) * second)
  }
  return seen
}

/** Fails until there is a delay, from a new address each time. */
async function attack({ knock }: Door, email: string, failures = 8) {
  for (let time = 0; time < failures; time++) await knock(email, 'guessed, of course', `192.0.2.${time + 1}`)
}

const rowsOf = async ({ platform }: TestServer) =>
  (await platform.direct.query<{ rows: number }>('select count(*)::integer as rows from login_throttle'))
    .rows[0]?.rows

const outcomes = async ({ platform }: TestServer, { id }: Pick<TestAccount, 'id'>) =>
  (
    await platform.db.auditEvent.findMany({
      where: { accountId: id, action: 'sessions.create' },
      orderBy: { id: 'asc' },
    })
  ).map(({ outcome }) => outcome)

describe('who guesses passwords', () => {
  test('waits after the sixth failure, and twice as long after each further one, up to a quarter of an hour', async ({
    server,
    account,
    door,
  }) => {
    const seen = await waits(30, server, () => door.knock(account.ownerEmail))
    expect(seen.slice(0, 21)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 4, 0, 8, 0, 16, 0, 32, 0, 64, 0, 128])
    expect(Math.max(...seen)).toBeGreaterThan(250)
    expect(Math.max(...seen)).toBeLessThanOrEqual(900)
  })

  test('meets the same delays for a user who does not exist', async ({ server, account, door }) => {
    const known = await waits(14, server, () => door.knock(account.ownerEmail, undefined, '198.51.100.7'))
    const unknown = await waits(14, server, () => door.knock('nobody@example.com', undefined, '198.51.100.8'))
    expect(unknown).toEqual(known)
    expect(known).toContain(8)
  })

  test('is refused during a delay even when the guess is right, and let in after it', async ({
    server,
    account,
    door,
  }) => {
    await attack(door, account.ownerEmail)
    const { status, wait } = await door.knock(account.ownerEmail, account.ownerPassword)
    expect(status).toBe(429)
    server.platform.clock.advance((wait ?? 0) * second)
    expect((await door.knock(account.ownerEmail, account.ownerPassword)).status).toBe(201)
    // and what had failed before is forgiven
    for (let time = 0; time < 5; time++)
      expect(await door.knock(account.ownerEmail, undefined, '192.0.2.200')).toEqual(refused)
  })

  test('gains nothing by guessing a hundred times at once', async ({ account, door }) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        door.knock(account.ownerEmail, `guess number ${index}`, `192.0.2.${index + 1}`),
      ),
    )
    const judged = answers.filter(({ status }) => status === 401)
    expect(judged.length).toBeLessThanOrEqual(6)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(100 - judged.length)
  })

  test('gains nothing by knocking during a delay, nor loses', async ({ server, account, door }) => {
    await attack(door, account.ownerEmail)
    const { wait } = await door.knock(account.ownerEmail)
    for (let time = 0; time < 50; time++)
      await door.knock(account.ownerEmail, undefined, `192.0.2.${time + 1}`)
    expect((await door.knock(account.ownerEmail)).wait).toBe(wait)
    server.platform.clock.advance((wait ?? 0) * second)
    expect((await door.knock(account.ownerEmail, account.ownerPassword)).status).toBe(201)
  })

  test('of many users from one network waits too, and nobody elsewhere does', async ({
    server,
    account,
    door,
  }) => {
    const spray = (user: number) => door.knock(`user-${user}@example.com`, undefined, '2001:db8:1:2::1')
    for (let user = 0; user < 31; user++) expect(await spray(user)).toEqual(refused)
    // another address of the same subscriber
    expect(await door.knock('another@example.com', undefined, '2001:db8:1:2:ffff::7')).toEqual({
      status: 429,
      wait: 1,
    })
    expect((await door.knock(account.ownerEmail, account.ownerPassword, '2001:db8:1:3::1')).status).toBe(201)
    server.platform.clock.advance(40 * minute)
    expect(await spray(1)).toEqual(refused)
  })

  test('is forgiven with time, and forgotten after a day', async ({ server, account, door, drain }) => {
    await attack(door, account.ownerEmail, 6)
    server.platform.clock.advance(5 * 15 * minute + minute)
    for (let time = 0; time < 5; time++) expect(await door.knock(account.ownerEmail)).toEqual(refused)
    expect(await rowsOf(server)).toBeGreaterThan(0)
    await drain()
    server.platform.clock.advance(26 * 60 * minute)
    await drain()
    expect(await rowsOf(server)).toBe(0)
  })
})

describe('who is attacked', () => {
  test('logs in where they have logged in before, whatever strangers do elsewhere', async ({
    server,
    account,
    door,
  }) => {
    const office = '203.0.113.77'
    expect((await door.knock(account.ownerEmail, account.ownerPassword, office)).status).toBe(201)
    for (let hour = 0; hour < 3; hour++) {
      await attack(door, account.ownerEmail)
      expect((await door.knock(account.ownerEmail, account.ownerPassword, '198.51.100.20')).status).toBe(429)
      expect((await door.knock(account.ownerEmail, account.ownerPassword, office)).status).toBe(201)
      server.platform.clock.advance(60 * minute)
    }
  })

  test('waits no longer than a quarter of an hour anywhere else', async ({ server, account, door }) => {
    for (let round = 0; round < 40; round++) {
      const { wait } = await door.knock(account.ownerEmail, undefined, `192.0.2.${round + 1}`)
      server.platform.clock.advance((wait ?? 0) * second)
    }
    const { wait } = await door.knock(account.ownerEmail, account.ownerPassword, '198.51.100.30')
    server.platform.clock.advance((wait ?? 0) * second)
    expect(wait ?? 0).toBeLessThanOrEqual(900)
    expect((await door.knock(account.ownerEmail, account.ownerPassword, '198.51.100.30')).status).toBe(201)
  })

  test('finds the failures in the audit log, with where they came from', async ({
    server,
    account,
    door,
  }) => {
    await door.knock(account.ownerEmail)
    await door.knock('nobody-at-all@example.com')
    expect(await outcomes(server, account)).toEqual(['success', 'failure'])
    const [event] = (await account.api.auditEvents.list({ action: 'sessions.create' })).data
    expect(event).toMatchObject({ outcome: 'failure', address: '198.51.100.1' })
    // that somebody unknown was tried is on record too, but not who
    const nobody = await server.platform.db.auditEvent.findMany({
      where: { accountId: '00000000-0000-0000-0000-000000000000', action: 'sessions.create' },
    })
    expect(nobody.length).toBeGreaterThan(0)
    expect(nobody.map(({ address, targetId, actorId }) => [address, targetId, actorId])).toEqual(
      nobody.map(() => [null, null, null]),
    )
  })
})

test('a clock that was set forward and back leaves nobody waiting for a day', async ({
  server,
  account,
  door,
}) => {
  const now = server.platform.clock.now()
  server.platform.clock.advance(24 * 60 * minute)
  await attack(door, account.ownerEmail)
  server.platform.clock.stopAt(now)
  expect((await door.knock(account.ownerEmail, account.ownerPassword)).status).toBe(201)
})

test('all processes count together, and no address is in what they keep', async ({
  server,
  account,
  door,
}) => {
  await attack(door, account.ownerEmail)
  // without a proxy, and from another place
  const answer = await request(`${server.url}/v1/sessions`, {
    body: { email: account.ownerEmail, password: 'guessed, of course' },
  })
  // where the owner has logged in before
  expect(answer.status).toBe(401)
  const { rows } = await server.platform.direct.query('select * from login_throttle')
  expect(JSON.stringify(rows)).not.toMatch(/192\.0\.2|example\.com/)
})
