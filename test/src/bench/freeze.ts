import { freezeCampaign } from '@envoi/core/campaigns/freeze-campaign'
import { sendCampaign } from '@envoi/core/campaigns/send-campaign'
import { type Bench, exponent, medianOf, seconds, spreadOf } from './bench.ts'
import type { BenchDatabases } from './database.ts'
import { peakMemoryOf } from './http-load.ts'
import { draftCampaign, importContacts, openScene, type Scene } from './scene.ts'

/** The audience turned into messages, the ground of each contact judged. */
export const freezeBench: Bench = {
  name: 'freeze',
  against: 'a bare insert … select of the same messages, which judges nobody',
  async run({ quick, databases }) {
    const measures = []
    const took: { size: number; seconds: number }[] = []
    for (const size of quick ? [2_000] : [100_000, 1_000_000]) {
      const { ours, limit } = await measure(databases, size, quick ? 1 : 5)
      took.push({ size, seconds: size / ours.median })
      const [small, large] = took
      const growth = small && large ? `; exponent ${exponent(small, large).toFixed(2)}` : ''
      measures.push({
        what: `${size.toLocaleString('en')} contacts`,
        ours: ours.median,
        limit: limit.median,
        unit: 'messages/s',
        goal: 0.7,
        peakMemory: await peakMemoryOf(process.pid),
        note: `${spreadOf(ours)}${growth}`,
      })
    }
    return measures
  },
}

async function measure(databases: BenchDatabases, size: number, runs: number) {
  const scene = await openScene(databases)
  try {
    await importContacts(scene, size, { consents: true })
    const limits: number[] = []
    const ours = await medianOf(runs, async () => {
      limits.push(size / (await insertOnly(scene)))
      return size / (await freeze(scene))
    })
    return { ours, limit: await medianOf(runs, async () => limits.shift() ?? Number.NaN) }
  } finally {
    await scene.close()
  }
}

async function freeze(scene: Scene): Promise<number> {
  const id = await draftCampaign(scene)
  await sendCampaign(scene.context, id)
  await settle(scene)
  return seconds(() => freezeCampaign(scene.context, id, { signal: new AbortController().signal }))
}

async function insertOnly(scene: Scene): Promise<number> {
  const { database, context } = scene
  const id = await draftCampaign(scene)
  await settle(scene)
  return seconds(() =>
    database.run(
      `insert into message (account_id, id, campaign_id, contact_id, channel, state, next_attempt_at, state_at)
       select account_id, envoi_message_id(now(), $2, contact_id), $2, contact_id, 'email', 'queued', now(), now()
       from list_member where account_id = $1 and list_id = $3 order by contact_id`,
      [context.accountId, id, scene.list],
    ),
  )
}

async function settle({ database }: Scene): Promise<void> {
  await database.run('vacuum analyze')
  await database.run('checkpoint')
}
