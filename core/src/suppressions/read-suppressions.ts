import type { Channel } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'
import { addressFingerprint, addressOf } from './suppressed-address.ts'

export interface SuppressionFilters {
  channel?: Channel
  value?: string
  reason?: string
  purpose?: string
}

/** An address is looked for by its fingerprint: one that is no longer held is found as well. */
export async function listSuppressions(context: Context, query: PageRequest & SuppressionFilters) {
  const { channel, value, reason, purpose } = query
  const of = channel ?? (value?.includes('@') === false ? 'sms' : 'email')
  const fingerprint =
    value === undefined ? undefined : addressFingerprint(context, of, addressOf(of, value, '/query/value'))
  return paginate(context, query, { channel, value, reason, purpose }, (page) =>
    context.db.suppression.findMany({
      ...page,
      where: { ...context.scope, ...page.where, channel, fingerprint, reason, purposeKey: purpose },
    }),
  )
}

export async function getSuppression(context: Context, id: string) {
  const suppression = await context.db.suppression.findUnique({
    where: { accountId_id: { ...context.scope, id } },
  })
  if (suppression === null) throw new DomainError('not_found')
  return suppression
}
