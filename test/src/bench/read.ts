import { asSystem, inAccount } from '@envoi/core'
import { createApiKey } from '@envoi/core/access/create-api-key'
import { type Bench, exponent, type Measure, medianOf, spreadOf } from './bench.ts'
import type { BenchDatabases } from './database.ts'
import { load, startServer } from './http-load.ts'
import { importContacts, openScene } from './scene.ts'

const connections = 50

/** One contact by its id, over HTTP: authenticated, authorised, limited, validated. */
export const readBench: Bench = {
  name: 'read',
  against: 'a Fastify that reads the same row by a prepared statement, for anybody who asks',
  async run({ quick, databases }) {
    const measures: Measure[] = []
    const took: { size: number; seconds: number }[] = []
    for (const size of quick ? [1_000, 10_000] : [10_000, 100_000]) {
      const measured = await measure(databases, size, quick)
      took.push({ size, seconds: 1 / measured.ours })
      const [small, large] = took
      if (small && large) measured.note += `; exponent ${exponent(small, large).toFixed(2)}`
      measures.push(measured)
    }
    return measures
  },
}

async function measure(
  databases: BenchDatabases,
  contacts: number,
  quick: boolean,
): Promise<Measure & { note: string }> {
  const scene = await openScene(databases)
  const { context, env } = scene
  await importContacts(scene, contacts)
  const { id } = await context.db.contact.findFirstOrThrow({ where: context.scope })
  const system = asSystem(context, context.accountId, 'bench')
  const { key } = await createApiKey(
    inAccount(system, context.accountId, system.actor, new Set(['contacts:read', 'contacts:reveal'])),
    { name: 'bench', permissions: ['contacts:read', 'contacts:reveal'] },
  )
  const plain = await startServer(new URL('./plain-read.js', import.meta.url), env)
  const ours = await startServer(new URL('./read-server.js', import.meta.url), env, '/health/live')
  try {
    const throughput = async (url: string) => {
      const { requestsPerSecond, wrong } = await load({
        url: `${url}/v1/contacts/${id}`,
        seconds: quick ? 1 : 5,
        connections,
        headers: { authorization: `Bearer ${key}` },
        expectedStatus: 200,
      })
      if (wrong > 0) throw new Error(`${wrong} answers were no contacts`)
      return requestsPerSecond
    }
    const runs = quick ? 1 : 5
    // what V8 has not compiled yet is no figure
    for (const { url } of [plain, ours]) await throughput(url)
    const limit = await medianOf(runs, () => throughput(plain.url))
    const figure = await medianOf(runs, () => throughput(ours.url))
    return {
      what: `one of ${contacts.toLocaleString('en')} contacts, ${connections} connections`,
      ours: figure.median,
      limit: limit.median,
      unit: 'req/s',
      goal: 0.45,
      peakMemory: await ours.peakMemory(),
      note: spreadOf(figure),
    }
  } finally {
    await Promise.all([plain.stop(), ours.stop()])
    await scene.close()
  }
}
