import type { Channel } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid, uniqueViolation } from '../errors.ts'
import { findPurpose } from '../purposes/read-purposes.ts'
import { recordRows } from '../records/record-rows.ts'
import { transaction } from '../transaction.ts'
import { addressFingerprint, addressOf } from './suppressed-address.ts'

export const suppressionReasons = ['unsubscribe', 'complaint', 'hard_bounce', 'manual'] as const

export type SuppressionReason = (typeof suppressionReasons)[number]

export interface NewSuppression {
  channel: Channel
  value: string
  reason: SuppressionReason
  /** Key of a purpose; all of them unless given. */
  purpose?: string
}

/** Bars an address, whether or not there is a contact with it. It counts for every message not yet handed off. */
export async function createSuppression(context: Context, input: NewSuppression) {
  const { channel, reason, purpose } = input
  const value = addressOf(channel, input.value, '/value')
  try {
    return await transaction(context, async (tx) => {
      if (purpose !== undefined && (await findPurpose(tx, purpose)) === null)
        throw invalid('/purpose', 'is not the key of a purpose')
      const suppression = await tx.db.suppression.create({
        data: {
          ...tx.scope,
          id: tx.newId(),
          channel,
          value,
          fingerprint: addressFingerprint(tx, channel, value),
          reason,
          purposeKey: purpose ?? '',
          createdAt: tx.clock.now(),
        },
      })
      await recordRows(tx, 'suppression', [suppression.id])
      await recordAudit(tx, { target: { type: 'suppression', id: suppression.id } })
      return suppression
    })
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    throw new DomainError('conflict', { fields: [{ pointer: '/value', detail: 'is suppressed already' }] })
  }
}
