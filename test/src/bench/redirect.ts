import { randomBytes } from 'node:crypto'
import { createLog, createPlatform, readSettings } from '@envoi/core'
import { createClickUrls } from '@envoi/core/tracking/click-urls'
import { tokenKeysOf } from '@envoi/core/tracking/token-keys'
import { type Bench, medianOf } from './bench.ts'
import { load, startServer } from './http-load.ts'

const connections = 100

/** A click on an individual link: signature, consent and event on disk before the redirect. */
export const redirectBench: Bench = {
  name: 'redirect',
  against: 'a Fastify that answers 302 and does nothing else',
  async run({ quick, databases }) {
    const database = await databases.clone()
    const env = { DATABASE_URL: database.url, ENVOI_MASTER_KEY: randomBytes(32).toString('base64') }
    const click = await makeClick(env)
    const plain = await startServer(new URL('./plain-redirect.js', import.meta.url), {})
    const ours = await startServer(new URL('../../../api/dist/main.js', import.meta.url), env, '/health/live')
    try {
      const seconds = quick ? 1 : 5
      const runs = quick ? 1 : 5
      const throughput = async (url: string) => {
        const { requestsPerSecond, wrong } = await load({
          url: url + click,
          seconds,
          connections,
          expectedStatus: 302,
        })
        if (wrong > 0) throw new Error(`${wrong} answers were no redirects`)
        return requestsPerSecond
      }
      // what V8 has not compiled yet is no figure
      for (const { url } of [plain, ours]) await throughput(url)
      const limit = await medianOf(runs, () => throughput(plain.url))
      const figure = await medianOf(runs, () => throughput(ours.url))
      const rate = quick ? 500 : 2_000
      const calm = (url: string) =>
        load({ url: url + click, seconds, connections, rate, expectedStatus: 302 })
      const p99 = { plain: (await calm(plain.url)).p99, ours: (await calm(ours.url)).p99 }
      return [
        {
          what: `click, ${connections} connections`,
          ours: figure.median,
          limit: limit.median,
          unit: 'req/s',
          goal: 0.25,
          peakMemory: await ours.peakMemory(),
          note: `p99 at ${rate}/s: ${p99.ours} ms, plain ${p99.plain} ms; spread ${Math.round(figure.min)}–${Math.round(figure.max)}`,
        },
      ]
    } finally {
      await Promise.all([plain.stop(), ours.stop()])
      await database.drop()
    }
  },
}

/** The path of a click of a contact that allows individual tracking. */
async function makeClick(env: Record<string, string>): Promise<string> {
  const platform = createPlatform(readSettings(env), { log: createLog('silent') })
  try {
    const now = new Date()
    const account = await platform.db.account.create({
      data: {
        id: platform.newId(),
        name: 'bench',
        locale: 'fr',
        timezone: 'UTC',
        termsVersion: '1',
        termsAcceptedAt: now,
        createdAt: now,
        updatedAt: now,
      },
    })
    const contact = await platform.db.contact.create({
      data: {
        accountId: account.id,
        id: platform.newId(),
        originSource: 'bench',
        tracking: 'granted',
        createdAt: now,
        updatedAt: now,
      },
    })
    const urls = createClickUrls(tokenKeysOf(platform.keys), {
      publicUrl: '',
      accountId: account.id,
      campaignId: null,
    })
    return urls.individual({ messageId: platform.newId(), contactId: contact.id })(
      0,
      'https://shop.example/boots',
    )
  } finally {
    await platform.close()
  }
}
