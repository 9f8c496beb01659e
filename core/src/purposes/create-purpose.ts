import type { Channel, EprivacyGround, LegalBasis } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import { rightsKeys } from '../consents/rights-keys.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid, uniqueViolation } from '../errors.ts'
import { requirePlainName } from '../plain-name.ts'
import { transaction } from '../transaction.ts'
import { checkGrounds } from './check-grounds.ts'
import { isEmptyDuration } from './duration.ts'

export interface NewPurpose {
  key: string
  name: string
  description: string
  legalBasis: LegalBasis
  assessment?: string | null
  eprivacyGround: EprivacyGround
  channels: Channel[]
  retention: string
  doubleOptIn?: boolean
  policyText: string
  policyVersion: string
}

/** Declares a purpose. Its key is for ever: the ledger's lines name it. */
export async function createPurpose(context: Context, input: NewPurpose) {
  const purpose = { ...input, assessment: input.assessment ?? null, doubleOptIn: input.doubleOptIn ?? false }
  if (rightsKeys.some((key) => key === input.key)) throw invalid('/key', 'is taken by the ledger itself')
  requirePlainName('/name', input.name)
  if (isEmptyDuration(input.retention)) throw invalid('/retention', 'must be longer than nothing')
  checkGrounds(purpose)
  const now = context.clock.now()
  try {
    return await transaction(context, async (tx) => {
      const created = await tx.db.purpose.create({
        data: { ...tx.scope, id: tx.newId(), ...purpose, createdAt: now, updatedAt: now },
      })
      await recordAudit(tx, { target: { type: 'purpose', id: created.id } })
      return created
    })
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    throw new DomainError('conflict', {
      fields: [{ pointer: '/key', detail: 'is taken by another purpose' }],
    })
  }
}
