import type { Context } from '@envoi/core'
import { createContact } from '@envoi/core/contacts/create-contact'
import { updateContact } from '@envoi/core/contacts/update-contact'
import type { PrismaClient } from '@envoi/prisma'
import { type Bench, medianOf, seconds, spreadOf } from './bench.ts'
import { peakMemoryOf } from './http-load.ts'
import { openScene } from './scene.ts'

/** What the record of a change costs the change. */
export const auditBench: Bench = {
  name: 'audit',
  against: 'the same change of a contact, without its audit event',
  async run({ quick, databases }) {
    const scene = await openScene(databases)
    const { context } = scene
    const silent: Context = { ...context, db: withoutAudit(context.db as PrismaClient) }
    const changes = quick ? 100 : 2_000
    try {
      const { id } = await createContact(context, { email: 'ada@example.com' })
      let round = 0
      const perSecond = async (by: Context) => {
        round += 1
        const took = await seconds(async () => {
          for (let change = 0; change < changes; change++)
            await updateContact(by, id, { firstName: `${round}-${change}` }, undefined)
        })
        return changes / took
      }
      for (const by of [context, silent]) await perSecond(by)
      const limits: number[] = []
      const ours = await medianOf(quick ? 1 : 7, async () => {
        limits.push(await perSecond(silent))
        return perSecond(context)
      })
      const limit = await medianOf(limits.length, async () => limits.shift() ?? Number.NaN)
      return [
        {
          what: 'changes of a contact, one after the other',
          ours: ours.median,
          limit: limit.median,
          unit: 'changes/s',
          goal: 0.85,
          peakMemory: await peakMemoryOf(process.pid),
          note: spreadOf(ours),
        },
      ]
    } finally {
      await scene.close()
    }
  },
}

/** A database that is told of no audit event. */
function withoutAudit(db: PrismaClient): PrismaClient {
  return db.$extends({
    query: { auditEvent: { create: async () => ({ id: '' }) } },
  }) as unknown as PrismaClient
}
