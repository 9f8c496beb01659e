import type { Envoi } from '@envoi/sdk'
import { expect, inWords, type Report } from './report.ts'

export interface Audience {
  segment: string
  /** Addresses of some who allow individual tracking, and of some who do not. */
  tracked: string[]
  untracked: string[]
}

/** How many of the audience allow individual tracking of opens and clicks. */
const allow = 40
/** How many have changed their mind since the file was made. */
export const gone = 3

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
    async (progress) => {
      const { id } = await envoi.imports.create({
        format: 'csv',
        columns: {
          'Email Address': 'email',
          'First Name': 'firstName',
          'Last Name': 'lastName',
          CC: 'attributes.country',
          // when they confirmed, and from where: the stronger proof of the two in the file
          CONFIRM_TIME: 'consents.newsletter.email.collectedAt',
          CONFIRM_IP: 'consents.newsletter.email.ip',
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
              source: 'double opt-in: Mailchimp signup form',
              text: 'J’accepte de recevoir la lettre de l’Atelier.',
              textVersion: '2024-05',
            },
          },
        ],
      })
      await envoi.imports.upload(id, { path: file })
      return envoi.imports.waitFor(id, {
        onProgress: ({ counts }) => progress(inWords(counts)),
      })
    },
  )
  const { created, rejected } = imported.counts
  expect(
    imported.status === 'completed' && created > 4_000 && rejected > 0,
    `an import of thousands of rows, was ${JSON.stringify(imported)}`,
  )
  report.figure('contacts imported', created)
  report.figure('rows rejected, each with its line and reason', rejected)

  // of consents the segment says nothing: who may receive is looked at when a campaign is sent, whatever its audience
  const rule = { field: 'attributes.country', op: 'eq' as const, value: 'fr' }
  const { id: segment } = await envoi.segments.create({ name: 'En France', rule })
  const { count } = await report.step(
    'A segment: in France',
    () => envoi.segments.count(segment),
    ({ count }) => `${count} contacts`,
  )
  report.figure('contacts in the segment', count)

  const { data } = await envoi.segments.contacts(segment, { limit: allow * 2 + gone })
  const everybody = data.flatMap(({ id, email }) => (email === null ? [] : [{ id, email }]))
  const people = everybody.slice(gone)
  await report.step(`${gone} of them withdraw their consent`, () =>
    Promise.all(
      everybody.slice(0, gone).map(({ id }) =>
        envoi.consents.record(id, {
          purpose: 'newsletter',
          channel: 'email',
          state: 'withdrawn',
          evidence: { source: 'letter to the workshop', collectedAt: new Date().toISOString() },
        }),
      ),
    ),
  )
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
