import { checkEvidence } from '../consents/evidence.ts'
import type { NewConsent } from '../consents/record-consent.ts'
import { DomainError } from '../errors.ts'
import type { DraftedConsent, ValueProblem } from './contact-draft.ts'
import type { ContactRules } from './contact-rules.ts'

/** Checks the consents that come with a contact as `recordConsent` does one; names what is wrong with each. */
export function draftConsents(
  inputs: NewConsent[],
  { purposes, now }: ContactRules,
): { consents: DraftedConsent[]; problems: ValueProblem[] } {
  const consents: DraftedConsent[] = []
  const problems: ValueProblem[] = []
  for (const [index, { purpose: key, channel, state, evidence }] of inputs.entries()) {
    const refuse = (pointer: string, detail: string) =>
      problems.push({ code: 'invalid_consent', pointer: `/consents/${index}${pointer}`, detail })
    const purpose = purposes.get(key)
    if (purpose === undefined) {
      refuse('/purpose', 'is not the key of a purpose')
      continue
    }
    if (state === 'granted' && !purpose.channels.includes(channel))
      refuse('/channel', `is not one that ${purpose.key} uses`)
    try {
      const proof = checkEvidence({ now: () => now }, evidence, state)
      consents.push({ purposeId: purpose.id, channel, state, proof })
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      for (const { pointer, detail } of error.fields) refuse(pointer, detail)
    }
  }
  return { consents, problems }
}

/** When the last of the permissions was given; null when none was. */
export function lastGrant(consents: DraftedConsent[]): Date | null {
  const times = consents.flatMap(({ state, proof }) =>
    state === 'granted' ? [proof.collectedAt.getTime()] : [],
  )
  return times.length === 0 ? null : new Date(Math.max(...times))
}
