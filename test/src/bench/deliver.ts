import { freezeCampaign } from '@envoi/core/campaigns/freeze-campaign'
import { sendCampaign } from '@envoi/core/campaigns/send-campaign'
import { spawnWorker } from '../support/worker-process.ts'
import { type Bench, exponent, type Measure } from './bench.ts'
import type { BenchDatabases } from './database.ts'
import { peakMemoryOf } from './http-load.ts'
import { draftCampaign, importContacts, openScene, type Scene } from './scene.ts'
import { hasSmtpLoad, type Sink, startSink } from './smtp-load.ts'

/** What a message of the newsletter takes on the wire, and as many connections as a worker opens. */
const bytes = 16_000
const connections = 20

/** Claimed, rendered, signed, handed over, its outcome on disk. */
export const deliverBench: Bench = {
  name: 'deliver',
  against: "Postfix's smtp-source to the same smtp-sink",
  async run({ quick, databases }) {
    if (!hasSmtpLoad) {
      console.error('  left out: it needs smtp-sink and smtp-source, which come with Postfix')
      return []
    }
    const sink = await startSink()
    try {
      const size = quick ? 2_000 : 20_000
      const measures = [
        await measure(databases, sink, { size, workers: 1, goal: 0.16 }),
        await measure(databases, sink, { size, workers: 2 }),
      ]
      if (quick) return measures
      const large = await measure(databases, sink, { size: size * 10, workers: 1, goal: 0.16 })
      const took = (messages: number, rate = Number.NaN) => ({ size: messages, seconds: messages / rate })
      const grown = exponent(took(size, measures[0]?.ours), took(size * 10, large.ours))
      return [...measures, { ...large, note: `${large.note}; exponent ${grown.toFixed(2)}` }]
    } finally {
      await sink.stop()
    }
  },
}

interface Case {
  size: number
  workers: number
  goal?: number
}

async function measure(databases: BenchDatabases, sink: Sink, one: Case): Promise<Measure> {
  const { size, workers } = one
  const scene = await openScene(databases, { SMTP_URL: sink.url })
  try {
    const campaignId = await frozenCampaign(scene, size)
    const limit = await sink.limit(Math.max(20_000, size), bytes, connections)
    const started = Array.from({ length: workers }, () => spawnWorker(scene.env))
    try {
      const { sent, seconds } = await untilSent(scene, campaignId)
      const memory = await Promise.all(started.map(({ child }) => peakMemoryOf(child.pid ?? 0)))
      return {
        what: `${sent.toLocaleString('en')} messages, DKIM RSA-2048, ${workers === 1 ? 'one worker' : `${workers} workers`}`,
        ours: sent / seconds,
        limit,
        unit: 'messages/s',
        ...(one.goal === undefined ? {} : { goal: one.goal }),
        peakMemory: Math.max(...memory),
        note: '',
      }
    } finally {
      for (const { child, exited } of started) {
        child.kill('SIGKILL')
        await exited
      }
    }
  } finally {
    await scene.close()
  }
}

/** A campaign to everybody, frozen, which no worker has begun. */
async function frozenCampaign(scene: Scene, size: number): Promise<string> {
  const { context, database } = scene
  await importContacts(scene, size, { consents: true })
  const id = await draftCampaign(scene)
  await sendCampaign(context, id)
  await freezeCampaign(context, id, { signal: new AbortController().signal })
  await database.run('vacuum analyze')
  await database.run('checkpoint')
  return id
}

/** From the first outcome to the last one: the start of the process is not what is measured. */
async function untilSent(
  { database }: Scene,
  campaignId: string,
): Promise<{ sent: number; seconds: number }> {
  for (const deadline = Date.now() + 30 * 60_000; Date.now() < deadline; ) {
    const { rows } = await database.run('select status from campaign where id = $1', [campaignId])
    if (rows[0].status === 'sent') {
      const { rows: figures } = await database.run(
        `select count(*) filter (where state = 'sent')::integer as sent, count(*)::integer as messages,
           extract(epoch from max(sent_at) - min(sent_at))::float as seconds
         from message where campaign_id = $1`,
        [campaignId],
      )
      const [{ sent, messages, seconds }] = figures
      if (sent !== messages) throw new Error(`${messages - sent} of ${messages} messages were not sent`)
      return { sent, seconds }
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the campaign was not sent in time')
}
