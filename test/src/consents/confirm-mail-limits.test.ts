/** How often somebody is asked to confirm: a form must not become a weapon against an address. */
import { withdraw } from '../support/audience.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { applicant, evidenceNow, linkOf, mailsOf, newContact, offers, sayYes, stateOf } from './applicants.ts'

const hour = 3_600_000

describe('an address is not bombed', () => {
  test('the same request again sends nothing, another within the hour neither, and the first link works', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const purpose = await offers(scene)
    const bob = await newContact(scene)
    const evidence = evidenceNow(scene)
    for (let time = 0; time < 3; time++) {
      await sayYes(scene, bob.id, purpose, evidence)
      await drain()
    }
    expect(mail.to(bob.email)).toHaveLength(1)
    server.platform.clock.advance(10 * 60_000)
    await sayYes(scene, bob.id, purpose)
    await drain()
    expect(mail.to(bob.email)).toHaveLength(1)
    expect((await mailsOf(scene)).map(({ state, reason }) => [state, reason])).toEqual([
      ['sent', null],
      ['excluded', 'asked_already'],
    ])
    const link = await linkOf(mail.to(bob.email)[0])
    expect((await fetch(link, { method: 'POST' })).status).toBe(200)
    expect(await stateOf(scene, bob.id)).toBe('granted')
  })

  test('who says no and comes back within the hour is asked anew, for the first link has ended', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    await drain()
    const ended = await linkOf(mail.to(bob.email)[0])
    for (let time = 2; time <= 4; time++) {
      server.platform.clock.advance(60_000)
      await withdraw(account, bob.id, bob.purpose)
      await sayYes(scene, bob.id, bob.purpose)
      await drain()
      expect(mail.to(bob.email)).toHaveLength(Math.min(time, 3))
    }
    expect((await fetch(ended, { method: 'POST' })).status).toBe(410)
  })

  test('requests that come before the mail has left make one mail, with the last link', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    server.platform.clock.advance(1_000)
    await sayYes(scene, bob.id, bob.purpose)
    await drain()
    expect(mail.to(bob.email)).toHaveLength(1)
    expect((await mailsOf(scene)).map(({ reason }) => reason)).toEqual(['superseded', null])
  })

  test('an hour later it is asked again, three times a day at most', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    await drain()
    for (let time = 2; time <= 6; time++) {
      server.platform.clock.advance(hour + 1_000)
      await sayYes(scene, bob.id, bob.purpose)
      await drain()
      expect(mail.to(bob.email)).toHaveLength(Math.min(time, 3))
    }
    server.platform.clock.advance(24 * hour)
    await sayYes(scene, bob.id, bob.purpose)
    await drain()
    expect(mail.to(bob.email)).toHaveLength(4)
  })

  test('a corrected address is asked at once, and the mailbox of the wrong one cannot confirm for it', async ({
    server,
    account,
    mail,
    drain,
  }) => {
    const scene = { server, account }
    const bob = await applicant(scene)
    await drain()
    const wrong = await linkOf(mail.to(bob.email)[0])
    const corrected = `corrected-${bob.email}`
    await account.api.contacts.update(bob.id, { email: corrected })
    expect((await fetch(wrong, { method: 'POST' })).status).toBe(410)
    server.platform.clock.advance(1_000)
    await sayYes(scene, bob.id, bob.purpose)
    await drain()
    expect((await fetch(wrong, { method: 'POST' })).status).toBe(410)
    expect(await stateOf(scene, bob.id)).toBe('pending')
    expect((await fetch(await linkOf(mail.to(corrected)[0]), { method: 'POST' })).status).toBe(200)
    expect(await stateOf(scene, bob.id)).toBe('granted')
  })
})
