import type { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { type Lifted, recordLifted } from '../suppressions/record-lifted.ts'
import { type RecordedConsents, recordConsentsSql } from './record-consents.sql.ts'

/**
 * Records what many contacts agreed to (`recordConsentsSql` says how rows are given), in the caller's transaction; who has to
 * confirm is asked by a job that commits with it.
 */
export async function recordConsents(tx: Context, rows: Prisma.Sql): Promise<RecordedConsents> {
  const [row] = await tx.db.$queryRaw<(RecordedConsents & { lifted: Lifted[] })[]>(
    recordConsentsSql(tx, rows),
  )
  if (row === undefined) throw new Error('the record of consents gave no row')
  const { lifted, ...result } = row
  await recordLifted(tx, lifted)
  if (result.asked > 0) await enqueue(tx, 'consents.confirmMail', {}, { dedupeKey: 'all' })
  return result
}

/** Why a consent was not recorded. */
export const outdatedDetail =
  'is before the person said no, or before their address changed: an older consent does not count'
