import type { Context } from '@envoi/core'
import { type ConsentWithProof, listConsents } from '@envoi/core/consents/read-consents'
import { readLedger } from '@envoi/core/consents/read-ledger'
import { recordConsent } from '@envoi/core/consents/record-consent'
import { type LedgerVerdict, verifyLedger } from '@envoi/core/consents/verify-ledger'
import { type Masked, maskEvidence, mayReveal } from '@envoi/core/contacts/mask'
import type { ConsentEvent as ConsentEventRow } from '@envoi/core/database'
import { contract } from '@envoi/openapi'
import { created, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const consentsHandlers = implement(contract.consents, {
  list: async ({ params, query }, context) =>
    page(await listConsents(context, params.contactId, query), presentConsent(context)),
  record: async ({ params, body }, context) => {
    const consent = await recordConsent(context, params.contactId, body)
    return created(`/v1/contacts/${params.contactId}/consents`, presentConsent(context)(consent))
  },
  history: async ({ params, query }, context) => {
    const ledger = await readLedger(context, params.contactId, query)
    const { body } = page(ledger.page, presentLine(context))
    return ok({ ...body, integrity: presentVerdict(ledger.integrity) })
  },
  integrity: async (_, context) => {
    const verdict = await verifyLedger(context)
    return ok({
      ...presentVerdict(verdict),
      lines: verdict.lines,
      contacts: verdict.contacts,
      sealed: verdict.sealed,
      erased: verdict.erased,
      head: verdict.head,
      sealedAt: verdict.sealedAt?.toISOString() ?? null,
      checkedAt: context.clock.now().toISOString(),
    })
  },
})

const presentVerdict = ({ firstBreak }: LedgerVerdict) => ({ verified: firstBreak === null, firstBreak })

const presentConsent = (context: Context) => (consent: ConsentWithProof) => {
  return {
    purpose: consent.purposeKey,
    channel: consent.channel,
    state: consent.state,
    changedAt: consent.changedAt.toISOString(),
    evidence: consent.proof === null ? null : presentEvidence(context, consent.proof),
  }
}

export const presentEvidence = (context: Context, line: ConsentEventRow) =>
  presentProof(maskEvidence(context, line))

function presentProof({ source, collectedAt, text, textVersion, ip, url }: Masked<ConsentEventRow>) {
  return { source, collectedAt: collectedAt.toISOString(), text, textVersion, ip, url }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

const presentLine = (context: Context) => (line: ConsentEventRow) => {
  return {
    id: line.id,
    sequence: line.sequence,
    purpose: line.purposeKey,
    channel: line.channel,
    state: line.state,
    evidence: presentEvidence(context, line),
    actor: { type: line.actorType as 'user', id: line.actorId },
    recordedAt: line.recordedAt.toISOString(),
    // addresses can be tried against it
    addressMark: line.addressMark === null || !mayReveal(context) ? null : hex(line.addressMark),
    previousHash: line.previousHash === null ? null : hex(line.previousHash),
    hash: hex(line.hash),
  }
}
