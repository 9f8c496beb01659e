import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { lockAccount } from '../users/lock-account.ts'
import { apiKeyHint, apiKeyLookup, generateApiKey } from './api-key-format.ts'
import { requireGrantableKey, requireWithinBounds } from './key-bounds.ts'
import { personBehind } from './person-behind.ts'
import { getApiKey } from './read-api-keys.ts'

/** Longer than it takes to change over; after that two values are one too many. */
const longestOverlapMs = 30 * 86_400_000

/**
 * Gives a key another value, and earlier ones an end. Rotations of an account wait for each other: of two at once both values work, and
 * that of the second one stays. Whoever gets the value may do all that the key may, so it is given only to those who may as much.
 */
export async function rotateApiKey(context: Context, id: string, { overlap = 'P1D' }: { overlap?: string }) {
  const overlapMs = durationMs(overlap)
  if (overlapMs === null) throw invalid('/overlap', 'must be an ISO 8601 duration without years and months')
  if (overlapMs > longestOverlapMs) throw invalid('/overlap', 'must be at most P30D')
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    const held = await getApiKey(tx, id)
    await requireGrantableKey(tx, held)
    await requireWithinBounds(tx, held)
    const now = tx.clock.now()
    const rotatedBy = personBehind(tx)
    // takes the row: a key that is revoked meanwhile is not given another value
    const { count } = await tx.db.apiKey.updateMany({
      where: { ...tx.scope, id, revokedAt: null },
      data: { rotatedAt: now, rotatedBy },
    })
    if (count === 0) throw new DomainError('not_found')
    const previousEndsAt = new Date(now.getTime() + overlapMs)
    const values = { ...tx.scope, subjectId: id, kind: 'api_key' as const }
    // one that was to end before keeps its end
    await tx.db.credentialIndex.updateMany({
      where: { ...values, OR: [{ endsAt: null }, { endsAt: { gt: previousEndsAt } }] },
      data: { endsAt: previousEndsAt },
    })
    await tx.db.credentialIndex.deleteMany({ where: { ...values, endsAt: { lte: now } } })
    const key = generateApiKey(held)
    await tx.db.credentialIndex.create({ data: { ...values, lookup: apiKeyLookup(key), shownTo: rotatedBy } })
    const apiKey = await tx.db.apiKey.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: { hint: apiKeyHint(key) },
    })
    await recordAudit(tx, { target: { type: 'api_key', id }, changed: ['key'] })
    return { apiKey, key, previousEndsAt }
  })
}

const duration =
  /^P(?=\d|T\d)(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/

/** ISO 8601, of units that are always as long. null for what is none. */
function durationMs(text: string): number | null {
  const [, ...parts] = duration.exec(text) ?? []
  if (parts.length === 0) return null
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0))
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000
}
