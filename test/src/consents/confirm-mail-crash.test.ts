import { onTestFinished } from 'vitest'
import { endLeases } from '../crash/crew.ts'
import { expect, test } from '../support/fixture.ts'
import { createGate } from '../support/gate.ts'
import { until } from '../support/until.ts'
import { environmentOf, spawnWorker } from '../support/worker-process.ts'
import { mailsOf, newContact, offers, sayYes } from './applicants.ts'

test('what a worker that wakes knows of mails that were given up is kept, and leaves none waiting', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const scene = { server, account }
  const purpose = await offers(scene)
  const [ada, bob] = [await newContact(scene), await newContact(scene)]
  for (const { id } of [ada, bob]) await sayYes(scene, id, purpose)
  const { opened, open } = createGate()
  onTestFinished(
    mail.misbehave({ to: bob.email }, { at: 'end', after: opened, reply: '451 4.3.0 Try again' }),
  )
  onTestFinished(mail.misbehave({}, { at: 'end', after: opened }))
  const already = mail.reached('end')
  const asleep = spawnWorker({
    ...environmentOf(server.platform),
    SMTP_URL: mail.url,
    PUBLIC_URL: server.platform.settings.publicUrl,
  })
  onTestFinished(() => void asleep.child.kill('SIGKILL'))
  await until('both wait for an answer', () => mail.reached('end') === already + 2, 60_000)
  asleep.child.kill('SIGSTOP')
  await endLeases(server.platform)
  await drain()
  const states = async () => (await mailsOf(scene)).map(({ state }) => state)
  expect(await states()).toEqual(['unknown', 'unknown'])

  open()
  asleep.child.kill('SIGCONT')
  await until('it has told', async () => (await states()).includes('sent'), 60_000)
  asleep.child.kill('SIGTERM')
  expect(await asleep.exited).toBe(0)
  expect(await states()).toEqual(['sent', 'unknown'])
}, 120_000)

test('a worker killed while it hands mails over loses none and sends none twice', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const scene = { server, account }
  const purpose = await offers(scene)
  const people = await Promise.all(Array.from({ length: 45 }, () => newContact(scene)))
  for (const { id } of people) await sayYes(scene, id, purpose)
  const held = people.slice(0, 3).map(({ email }) => email)
  const undo = mail.misbehave({ to: new RegExp(held.join('|')) }, { at: 'end', hang: true, keep: true })
  const worker = spawnWorker({
    ...environmentOf(server.platform),
    SMTP_URL: mail.url,
    PUBLIC_URL: server.platform.settings.publicUrl,
  })
  await until(
    'a server has mails and does not say so',
    () => held.some((email) => mail.to(email).length > 0),
    60_000,
  )
  worker.child.kill('SIGKILL')
  await worker.exited
  undo()
  server.platform.clock.advance(60_000)
  await drain()
  expect(people.filter(({ email }) => mail.to(email).length > 1)).toEqual([])
  const states = await mailsOf(scene)
  expect(states.every(({ state }) => state === 'sent' || state === 'unknown')).toBe(true)
  expect(states.filter(({ state }) => state === 'unknown').length).toBeLessThanOrEqual(20)
  // each of them was received, or is known to be uncertain
  const received = new Set(mail.received.flatMap(({ to }) => to))
  const missing = people.filter(({ email }) => !received.has(email)).map(({ id }) => id)
  const uncertain = states.filter(({ state }) => state === 'unknown').map(({ contactId }) => contactId)
  expect(missing.filter((id) => !uncertain.includes(id))).toEqual([])
}, 120_000)
