import type { Purpose } from '@envoi/prisma'
import { DomainError, invalid } from '../errors.ts'

export type Grounds = Pick<
  Purpose,
  'legalBasis' | 'eprivacyGround' | 'assessment' | 'doubleOptIn' | 'channels'
>

const infringes = (pointer: string, detail: string) =>
  new DomainError('instruction_may_infringe', { detail, fields: [{ pointer, detail }] })

/** Refuses grounds that cannot carry a purpose. What is plainly unlawful names the article; the rest is a plain rule. */
export function checkGrounds(grounds: Grounds): void {
  const { legalBasis, eprivacyGround, assessment, doubleOptIn, channels } = grounds
  if (eprivacyGround === 'opt_in' && legalBasis !== 'consent')
    throw infringes(
      '/legalBasis',
      'Prospecting by electronic mail or SMS needs prior consent (directive 2002/58/EC art. 13(1), CPCE art. L. 34-5), and so does its legal basis (GDPR art. 6(1)(a)): declare `legalBasis` `consent`, or the ground that really applies.',
    )
  const marketing = eprivacyGround !== 'non_marketing'
  if (marketing && legalBasis !== 'consent' && legalBasis !== 'legitimate_interests')
    throw infringes(
      '/legalBasis',
      `Marketing is neither necessary for a contract nor commanded by the law, a vital interest or a public task (GDPR art. 6(1)(b) to (e)): its legal basis is \`consent\`, or \`legitimate_interests\` with an assessment (recital 47).`,
    )
  if (legalBasis === 'legitimate_interests' && !assessment)
    throw invalid(
      '/assessment',
      'is needed: legitimate interests rest on a balancing test (GDPR art. 6(1)(f))',
    )
  if (doubleOptIn && !channels.includes('email'))
    throw invalid('/doubleOptIn', 'asks for a confirmation by email: `channels` must contain `email`')
  if (doubleOptIn && legalBasis !== 'consent')
    throw invalid('/doubleOptIn', 'confirms a consent: `legalBasis` must be `consent`')
}

/**
 * Who agreed on one ground is not moved to a weaker one: a controller cannot swap consent for another basis on the way
 * (EDPB guidelines 05/2020, § 121 to 123; GDPR art. 5(1)(b)).
 */
export function checkGroundsKept(before: Grounds, after: Grounds): void {
  if (before.legalBasis === 'consent' && after.legalBasis !== 'consent')
    throw infringes(
      '/legalBasis',
      'People have been asked for their consent on this purpose: it cannot be carried by another legal basis afterwards (GDPR art. 5(1)(b), 6 and 7). Declare another purpose.',
    )
  if (before.eprivacyGround === 'opt_in' && after.eprivacyGround !== 'opt_in')
    throw infringes(
      '/eprivacyGround',
      'People have been asked for their prior consent on this purpose: it cannot do without it afterwards (GDPR art. 5(1)(b) and 7, directive 2002/58/EC art. 13). Declare another purpose.',
    )
}
