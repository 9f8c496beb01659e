import type { Envoi } from '@envoi/sdk'
import { expect, type Report } from './report.ts'

export interface Audience {
  segment: string
  /** Addresses of some who allow individual tracking, and of some who do not. */
  tracked: string[]
  untracked: string[]
}

/** How many of the audience allow individual tracking of opens and clicks. */
const allow = 40

/** Declares a purpose, imports the file with its evidence of consent, and builds a segment. */
export async function importAudience(envoi: Envoi, file: string, report: Report): Promise<Audience> {
  await envoi.fields.create({ key: 'country', label: 'Pays', type: 'text' })
  await envoi.purposes.create({
    key: 'newsletter',
    name: 'La lettre de l’Atelier',
    description: 'Une lettre par mois.',
    legalBasis: 'consent',
    eprivacyGround: 'opt_in',
    channels: ['email'],
    retention: 'P3Y',
    doubleOptIn: false,
    policyText: 'J’accepte de recevoir la lettre de l’Atelier.',
    policyVersion: '2024-05',
  })
  const imported = await report.step(
    'The audience is imported, with the evidence of consent of each row',
    async () => {
      const { id } = await envoi.imports.create({
        format: 'csv',
        columns: {
          'Email Address': 'email',
          'First Name': 'firstName',
          'Last Name': 'lastName',
          CC: 'attributes.country',
          OPTIN_TIME: 'consents.newsletter.email.collectedAt',
          OPTIN_IP: 'consents.newsletter.email.ip',
          '*': 'ignore',
        },
        onConflict: 'update',
        origin: { source: 'Mailchimp', detail: 'export of the audience' },
        consents: [
          {
            purpose: 'newsletter',
            channel: 'email',
            state: 'granted',
            evidence: {
              source: 'Mailchimp signup form',
              text: 'J’accepte de recevoir la lettre de l’Atelier.',
              textVersion: '2024-05',
            },
          },
        ],
      })
      await envoi.imports.upload(id, { path: file })
      return envoi.imports.waitFor(id)
    },
  )
  const { created, rejected } = imported.counts
  expect(
    imported.status === 'completed' && created > 4_000 && rejected > 0,
    `an import of thousands of rows, was ${JSON.stringify(imported)}`,
  )
  report.figure('contacts imported', created)
  report.figure('rows rejected, each with its line and reason', rejected)

  const rule = {
    all: [
      { field: 'attributes.country', op: 'eq' as const, value: 'fr' },
      { consent: { purpose: 'newsletter', channel: 'email' as const, state: 'granted' as const } },
    ],
  }
  const { id: segment } = await envoi.segments.create({ name: 'En France', rule })
  const { count } = await report.step(
    'A segment: in France, and consenting',
    () => envoi.segments.count(segment),
    ({ count }) => `${count} contacts`,
  )
  report.figure('contacts in the segment', count)

  const { data } = await envoi.segments.contacts(segment, { limit: allow * 2 })
  const people = data.flatMap(({ id, email }) => (email === null ? [] : [{ id, email }]))
  await report.step(`${allow} of them allow individual tracking`, () =>
    Promise.all(
      people.slice(0, allow).map(({ id }) =>
        envoi.tracking.record(id, {
          state: 'granted',
          evidence: {
            source: 'preference centre',
            text: 'Je veux bien que mes lectures soient mesurées.',
            textVersion: '1',
            collectedAt: new Date().toISOString(),
          },
        }),
      ),
    ),
  )
  const addresses = people.map(({ email }) => email)
  return { segment, tracked: addresses.slice(0, allow), untracked: addresses.slice(allow) }
}
