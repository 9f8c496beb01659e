import type { Finding } from './finding.ts'
import type { WholeCampaign } from './take-snapshot.ts'

/** The purpose as the ground of the campaign; who may receive it is decided contact by contact. */
export function groundFindings({ channel, purpose, trackOpens, trackClicks }: WholeCampaign): Finding[] {
  const findings: Finding[] = []
  if (!purpose.channels.includes(channel)) {
    findings.push({
      severity: 'error',
      code: 'channel_not_of_purpose',
      rule: 'GDPR art. 5(1)(b)',
      detail: `The purpose ${purpose.key} does not use the channel ${channel}.`,
      fix: `Choose a purpose that people were told ${channel} is used for.`,
      pointer: '/purpose',
      isLaw: true,
    })
  }
  if (purpose.legalBasis === 'legitimate_interests' && (purpose.assessment ?? '').trim() === '') {
    findings.push({
      severity: 'error',
      code: 'assessment_missing',
      rule: 'GDPR art. 6(1)(f)',
      detail: `The purpose ${purpose.key} rests on legitimate interests without a recorded assessment.`,
      fix: 'Weigh your interests against those of the people, and give the reference of the assessment.',
      pointer: '/purpose',
      isLaw: true,
    })
  }
  if (purpose.eprivacyGround === 'soft_opt_in' || purpose.eprivacyGround === 'b2b_professional') {
    findings.push({
      severity: 'info',
      code: 'ground_without_consent',
      rule: 'Directive 2002/58/EC art. 13; CPCE art. L. 34-5',
      detail:
        purpose.eprivacyGround === 'soft_opt_in'
          ? 'Sent without consent to customers: only for products or services like those they bought.'
          : 'Sent without consent to professionals: only about what concerns their profession.',
      fix: 'Check that the content keeps to that.',
      pointer: '/purpose',
    })
  }
  if (trackOpens || trackClicks) {
    findings.push({
      severity: 'info',
      code: 'tracking_needs_consent',
      rule: 'CNIL, délibération 2026-042; loi Informatique et Libertés art. 82',
      detail:
        'Opens and clicks are measured only of those who agreed to it; other messages hold no pixel and no rewritten link.',
      fix: 'Ask for this consent apart from that to the mailing, as on the preferences page.',
      pointer: '/tracking',
    })
  }
  return findings
}
