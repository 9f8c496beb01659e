import type { Envoi } from '@envoi/sdk'
import { type Audience, gone } from './audience.ts'
import type { Newsletter } from './read-newsletter.ts'
import { expect, inWords, type Report } from './report.ts'

/** Sends the newsletter to the segment; returns the campaign's id. */
export async function sendNewsletter(
  envoi: Envoi,
  operator: Envoi,
  newsletter: Newsletter,
  { segment }: Audience,
  report: Report,
): Promise<string> {
  const { id: accountId } = await envoi.account.get()
  const { id: domainId } = await envoi.senderDomains.create({ domain: 'atelier-des-lilas.example' })
  await operator.operator.approveSenderDomain(accountId, domainId)
  const { id: sender } = await envoi.senders.create({
    email: 'lettre@atelier-des-lilas.example',
    name: 'Atelier des Lilas',
  })
  const { id: template } = await envoi.templates.create({
    name: 'Décembre',
    channel: 'email',
    subject: 'La lettre de décembre, {{ contact.firstName | default: "bonjour" }}',
    ...newsletter,
  })
  const { id } = await envoi.campaigns.create({
    name: 'Lettre de décembre',
    channel: 'email',
    purpose: 'newsletter',
    segment,
    sender,
    template,
    tracking: { opens: true, clicks: true },
  })
  const { ok, findings } = await report.step(
    'The campaign passes its preflight',
    () => envoi.campaigns.preflight(id),
    ({ findings }) => `${findings.length} findings`,
  )
  expect(ok, `a preflight without errors, found ${JSON.stringify(findings)}`)
  const sent = await report.step(
    'The campaign is sent, signed with DKIM, at the pace of the mail catcher',
    async (progress) => {
      await envoi.campaigns.send(id)
      return envoi.campaigns.waitFor(id, {
        onProgress: ({ counts }) => progress(`${counts.sent.toLocaleString('en')} sent`),
      })
    },
  )
  expect(
    sent.status === 'sent' && sent.counts.sent > 0 && sent.counts.queued === 0,
    `everything sent, was ${JSON.stringify(sent.counts)}`,
  )
  report.figure('messages sent', sent.counts.sent)
  expect(
    sent.counts.reasons.consent_withdrawn === gone,
    `those who withdrew left out, was ${JSON.stringify(sent.counts.reasons)}`,
  )
  report.figure('contacts left out, each with a reason', inWords(sent.counts.reasons))
  return id
}
