import { type Channel, Prisma } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { findPurpose } from '../purposes/read-purposes.ts'
import { transaction } from '../transaction.ts'
import { checkEvidence, type Evidence } from './evidence.ts'
import { lockContact } from './lock-contact.ts'
import { getConsent } from './read-consents.ts'
import { outdatedDetail, recordConsents } from './record-consents.ts'

export interface NewConsent {
  purpose: string
  channel: Channel
  state: 'granted' | 'withdrawn' | 'refused'
  evidence: Evidence
}

/**
 * Records what a contact agreed to or refused: a line of the ledger and the state that follows, which counts for every message
 * not yet handed off. A grant becomes `pending` where double opt-in applies. Saying no is always accepted, even for a channel
 * that the purpose no longer uses; the same proof sent twice adds nothing.
 */
export async function recordConsent(context: Context, contactId: string, input: NewConsent) {
  const { channel, state } = input
  const proof = checkEvidence(context.clock, input.evidence, state)
  return transaction(context, async (tx) => {
    await lockContact(tx, contactId)
    const purpose = await findPurpose(tx, input.purpose)
    if (purpose === null) throw invalid('/purpose', 'is not the key of a purpose')
    if (state === 'granted' && !purpose.channels.includes(channel))
      throw invalid('/channel', `is not one that ${purpose.key} uses`)
    const row = Prisma.sql`
      select
        ${contactId}::uuid as contact_id, ${purpose.id}::uuid as purpose_id, ${channel}::channel as channel,
        ${state}::consent_state as state, ${proof.source} as source, ${proof.collectedAt}::timestamptz as collected_at,
        ${proof.wording} as wording, ${proof.textVersion} as text_version, ${proof.ip} as ip, ${proof.url} as url,
        false as names_address`
    const result = await recordConsents(tx, row)
    if (result.outdated === 1) throw invalid('/evidence/collectedAt', outdatedDetail)
    const target = { type: 'contact', id: contactId }
    await recordAudit(tx, {
      target,
      changed: result.recorded === 1 ? [`consents.${purpose.key}.${channel}`] : [],
    })
    return getConsent(tx, contactId, purpose.id, channel)
  })
}
