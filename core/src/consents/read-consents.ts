import type { Channel, Consent, ConsentEvent } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

/** A state with the purpose's key and the ledger line it comes from; `proof` is null only when the ledger was tampered with. */
export type ConsentWithProof = Pick<Consent, 'channel' | 'state' | 'changedAt'> & {
  /** Of the ledger line: UUIDv7, so that sorting by it is sorting by change. */
  id: string
  purposeKey: string
  proof: ConsentEvent | null
}

const withPurpose = { purpose: { select: { key: true } } } as const

/** 404 for a contact that does not exist. */
export async function requireContact(context: Context, contactId: string): Promise<void> {
  const contact = await context.db.contact.findUnique({
    where: { accountId_id: { ...context.scope, id: contactId } },
    select: { id: true },
  })
  if (contact === null) throw new DomainError('not_found')
}

/** The contact's current states, last changed first. */
export async function listConsents(context: Context, contactId: string, query: PageRequest) {
  await requireContact(context, contactId)
  return paginate(context, query, { contactId }, async ({ where, take }) => {
    const consents = await context.db.consent.findMany({
      where: { ...context.scope, contactId, eventId: where.id },
      take,
      orderBy: { eventId: 'desc' },
      include: withPurpose,
    })
    return withProofs(context, consents)
  })
}

export async function getConsent(context: Context, contactId: string, purposeId: string, channel: Channel) {
  const key = { ...context.scope, contactId, purposeId, channel }
  const consent = await context.db.consent.findUnique({
    where: { accountId_contactId_purposeId_channel: key },
    include: withPurpose,
  })
  if (consent === null) throw new DomainError('not_found')
  const [found] = await withProofs(context, [consent])
  if (found === undefined) throw new DomainError('not_found')
  return found
}

async function withProofs(
  context: Context,
  consents: (Consent & { purpose: { key: string } })[],
): Promise<ConsentWithProof[]> {
  const ids = consents.map(({ eventId }) => eventId)
  const proofs = await context.db.consentEvent.findMany({ where: { ...context.scope, id: { in: ids } } })
  const byId = new Map(proofs.map((proof) => [proof.id, proof]))
  return consents.map(({ eventId, channel, state, changedAt, purpose }) => ({
    id: eventId,
    purposeKey: purpose.key,
    channel,
    state,
    changedAt,
    proof: byId.get(eventId) ?? null,
  }))
}
