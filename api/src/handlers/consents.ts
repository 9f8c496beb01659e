import { type ConsentWithProof, listConsents } from '@envoi/core/consents/read-consents'
import { readLedger } from '@envoi/core/consents/read-ledger'
import { recordConsent } from '@envoi/core/consents/record-consent'
import { type LedgerVerdict, verifyLedger } from '@envoi/core/consents/verify-ledger'
import type { ConsentEvent as ConsentEventRow } from '@envoi/core/database'
import { contract } from '@envoi/openapi'
import { created, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const consentsHandlers = implement(contract.consents, {
  list: async ({ params, query }, context) =>
    page(await listConsents(context, params.contactId, query), presentConsent),
  record: async ({ params, body }, context) => {
    const consent = await recordConsent(context, params.contactId, body)
    return created(`/v1/contacts/${params.contactId}/consents`, presentConsent(consent))
  },
  history: async ({ params, query }, context) => {
    const ledger = await readLedger(context, params.contactId, query)
    const { body } = page(ledger.page, presentLine)
    return ok({ ...body, integrity: presentVerdict(ledger.integrity) })
  },
  integrity: async (_, context) => {
    const verdict = await verifyLedger(context)
    return ok({
      ...presentVerdict(verdict),
      lines: verdict.lines,
      contacts: verdict.contacts,
      checkedAt: context.clock.now().toISOString(),
    })
  },
})

const presentVerdict = ({ firstBreak }: LedgerVerdict) => ({ verified: firstBreak === null, firstBreak })

function presentConsent(consent: ConsentWithProof) {
  return {
    purpose: consent.purposeKey,
    channel: consent.channel,
    state: consent.state,
    changedAt: consent.changedAt.toISOString(),
    evidence: consent.proof === null ? null : presentEvidence(consent.proof),
  }
}

export function presentEvidence(line: ConsentEventRow) {
  return {
    source: line.source,
    collectedAt: line.collectedAt.toISOString(),
    text: line.text,
    textVersion: line.textVersion,
    ip: line.ip,
    url: line.url,
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

function presentLine(line: ConsentEventRow) {
  return {
    id: line.id,
    sequence: line.sequence,
    purpose: line.purposeKey,
    channel: line.channel,
    state: line.state,
    evidence: presentEvidence(line),
    actor: { type: line.actorType as 'user', id: line.actorId },
    recordedAt: line.recordedAt.toISOString(),
    previousHash: line.previousHash === null ? null : hex(line.previousHash),
    hash: hex(line.hash),
  }
}
