/**
 * Whoever has filled in a form looks into their mailbox. `ROUNDS=1000` measures; fewer show that no wake-up is lost, which costs 15 s.
 */
import { startWorkers } from '@envoi/workers'
import { onTestFinished } from 'vitest'
import { expect, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { newContact, offers, sayYes } from './applicants.ts'

const rounds = Number(process.env.ROUNDS ?? 12)
const atOnce = 6

test('of yeses that come in together, each is asked about within moments', {
  timeout: 60_000 + rounds * 2_000,
}, async ({ server, account, mail }) => {
  const scene = { server, account }
  const purpose = await offers(scene)
  const workers = await startWorkers(server.platform, { schedules: [] })
  onTestFinished(() => workers.close())
  const took: number[] = []
  for (let round = 0; round < rounds; round++) {
    const people = await Promise.all(Array.from({ length: atOnce }, () => newContact(scene)))
    const began = performance.now()
    await Promise.all(people.map(({ id }) => sayYes(scene, id, purpose)))
    await until('all are asked', () => people.every(({ email }) => mail.to(email).length === 1), 60_000)
    took.push(performance.now() - began)
  }
  took.sort((one, other) => one - other)
  const at = (share: number) => Math.round(took[Math.ceil(took.length * share) - 1] ?? 0)
  process.stdout.write(
    `six yeses: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms of ${rounds} rounds\n`,
  )
  expect(server.logs.filter((line) => line.includes('jobs not started in time'))).toEqual([])
})
