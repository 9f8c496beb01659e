import { createClickUrls } from '@envoi/core/tracking/click-urls'
import { tokenKeysOf } from '@envoi/core/tracking/token-keys'
import { expect, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { startApi } from './api-process.ts'

test('a click that was answered counts, even if the API is killed the moment after', {
  timeout: 120_000,
}, async ({ server, account, drain }) => {
  const { platform } = server
  const api = await startApi(platform)
  const link = createClickUrls(tokenKeysOf(platform.keys), {
    publicUrl: api.url,
    accountId: account.id,
    campaignId: null,
  }).aggregate(0, 'https://shop.example/boots')
  const { status } = await fetch(link, { redirect: 'manual', headers: { 'accept-language': 'fr' } })
  api.child.kill('SIGKILL')
  expect(status).toBe(302)
  await api.exited

  await until('the click is among the events', async () => {
    platform.clock.advance(60_000)
    await drain()
    return (await platform.db.event.count({ where: { accountId: account.id } })) === 1
  })
})
