import { createClickUrls } from '@envoi/core/tracking/click-urls'
import { tokenKeysOf } from '@envoi/core/tracking/token-keys'
import { startExtraServer } from '../support/extra-server.ts'
import { expect, test } from '../support/fixture.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

test('a click leads on within seconds while the database is silent, and is recorded again when it is back', async ({
  server,
  account,
}) => {
  const { platform } = server
  const network = await startTcpProxy(platform.url)
  const behind = await startExtraServer(platform, { databaseUrl: network.url })
  const target = 'https://shop.example/boots'
  const url = createClickUrls(tokenKeysOf(platform.keys), {
    publicUrl: behind.url,
    accountId: account.id,
    campaignId: null,
  }).aggregate(0, target)
  const click = () => fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(8_000) })
  expect((await click()).status).toBe(302)

  network.silence()
  for (let time = 0; time < 2; time++) {
    const answer = await click()
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining(`url=${target}`)])
  }

  await network.cut()
  await network.restore()
  await until('clicks are recorded again', async () => (await click()).status === 302, 30_000)
  await behind.close()
  await network.close()
})
