/**
 * Does the time of a refusal tell who exists? Known and unknown users are tried in turn, in random order within each pair, so that
 * whatever else the machine does falls on both alike; then the two samples are compared.
 *
 * Stated bound: the medians differ by less than 5 % of a refusal (about a millisecond here), or by no more than they would if the
 * labels "known" and "unknown" had been dealt at random (99.9 % of 2,000 shuffles): on a loaded machine a difference below its
 * noise is no information. And a known user takes longer than an unknown one about as often as the other way round.
 */
import { vi } from 'vitest'
import { describe, expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { compare, type Pair } from './compare-times.ts'

// many requests, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 })

const pairs = 60

async function measure(tell: (isKnown: boolean) => Promise<unknown>): Promise<Pair[]> {
  const time = async (isKnown: boolean) => {
    const start = process.hrtime.bigint()
    await tell(isKnown)
    return Number(process.hrtime.bigint() - start) / 1e6
  }
  const measured: Pair[] = []
  for (let pair = 0; pair < pairs + 5; pair++) {
    const knownFirst = Math.random() < 0.5
    const first = await time(knownFirst)
    const other = await time(!knownFirst)
    measured.push(knownFirst ? { known: first, unknown: other } : { known: other, unknown: first })
  }
  // the first ones fill caches
  return measured.slice(5)
}

describe('the time of a refused login', () => {
  test('is the same for a known and an unknown user', async ({ server, account }) => {
    const forgive = () => server.platform.direct.query('delete from login_throttle')
    let turn = 0
    const result = compare(
      await measure(async (isKnown) => {
        await forgive()
        const email = isKnown ? account.ownerEmail : `nobody-${turn++}@example.com`
        const answer = await request(`${server.url}/v1/sessions`, { body: { email, password: 'guessed it' } })
        expect(answer.status).toBe(401)
      }),
    )
    expect(result.difference, JSON.stringify(result)).toBeLessThan(
      Math.max(0.05 * result.median, result.noise),
    )
    expect(result.knownIsSlower, JSON.stringify(result)).toBeGreaterThan(0.25)
    expect(result.knownIsSlower, JSON.stringify(result)).toBeLessThan(0.75)
  })

  test('would be found out: the same comparison sees a refusal that hashes nothing', async ({
    server,
    account,
  }) => {
    const result = compare(
      await measure(async (isKnown) => {
        await server.platform.direct.query('delete from login_throttle')
        // a password that no login has is refused by its form
        const password = isKnown ? 'guessed it' : ''
        await request(`${server.url}/v1/sessions`, { body: { email: account.ownerEmail, password } })
      }),
    )
    expect(result.difference).toBeGreaterThan(Math.max(0.05 * result.median, result.noise))
    expect(result.knownIsSlower).toBeGreaterThan(0.75)
  })
})
