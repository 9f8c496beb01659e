import type { NewPurpose } from '@envoi/core/purposes/create-purpose'

/** A purpose that mail may be sent for, to those who agreed. */
export const newsletterPurpose: Omit<NewPurpose, 'key'> = {
  name: 'Newsletter',
  description: 'News of the workshop',
  legalBasis: 'consent',
  eprivacyGround: 'opt_in',
  channels: ['email'],
  retention: 'P3Y',
  policyText: 'We write to you once a month.',
  policyVersion: '1',
}
