import { createMailer } from '@envoi/core/mail/mailer'
import { drain } from '@envoi/workers'
import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

/** Noon of tomorrow: what may leave in a day fills at midnight (UTC), which must not pass meanwhile. */
function noonAfter(now: Date): Date {
  const noon = new Date(now)
  noon.setUTCDate(noon.getUTCDate() + 1)
  noon.setUTCHours(12, 0, 0, 0)
  return noon
}

test('what could not leave takes nothing from what may leave in a day', async ({ server, account, mail }) => {
  const { platform } = server
  const { id, contacts } = await campaignTo(server, account, 5)
  await platform.db.account.update({ where: { id: account.id }, data: { dailyQuota: 3 } })
  await account.api.campaigns.send(id)
  platform.clock.stopAt(noonAfter(platform.clock.now()))
  // nobody listens there
  const away = createMailer('smtp://127.0.0.1:1')
  for (let minute = 0; minute < 5; minute++) {
    await drain({ ...platform, mailer: away }, { schedules: [] })
    platform.clock.advance(60_000)
  }
  await away.close()
  const received = () => contacts.filter(({ email }) => mail.to(email).length === 1).length
  expect(received()).toBe(0)

  await drain(platform, { schedules: [] })
  expect(received()).toBe(3)
  platform.clock.advance(60_000)
  await drain(platform, { schedules: [] })
  expect(received()).toBe(3)
  platform.clock.advance(24 * 3_600_000)
  await drain(platform, { schedules: [] })
  expect(received()).toBe(5)
})
