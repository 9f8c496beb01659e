import type { Context } from '../context.ts'
import { settleStep } from './steps.ts'

/** Passed while an active owner has confirmed their address. The caller holds the lock of the account. */
export async function settleOwnerEmail(tx: Context): Promise<void> {
  const proven = await tx.db.user.findFirst({
    where: { ...tx.scope, role: 'owner', status: 'active', emailVerifiedAt: { not: null } },
    select: { id: true },
  })
  await settleStep(tx, 'owner_email', proven !== null)
}

/** Passed while a domain is verified, by DNS or by the word of the operator. The caller holds the lock of the account. */
export async function settleSenderDomain(tx: Context): Promise<void> {
  const verified = await tx.db.senderDomain.findFirst({
    where: { ...tx.scope, status: 'verified' },
    select: { id: true },
  })
  await settleStep(tx, 'sender_domain', verified !== null)
}

/** What an account says about its company, with null for what it does not. */
export interface Legal {
  company?: string
  country?: string
  registration?: string
}

/** Passed while the company is named, with its country and its number there. The caller holds the lock of the account. */
export async function settleCompany(tx: Context, legal: Legal): Promise<void> {
  const isSaid = (text: string | undefined) => text !== undefined && text.trim() !== ''
  await settleStep(
    tx,
    'company',
    isSaid(legal.company) && isSaid(legal.country) && isSaid(legal.registration),
  )
}
