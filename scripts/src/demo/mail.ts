import type { Envoi } from '@envoi/sdk'
import type { Audience } from './audience.ts'
import { openInbox } from './inbox.ts'
import { click, open, pixelOf, trackedLinksOf, unsubscribe } from './recipients.ts'
import { expect, type Report } from './report.ts'

/**
 * Recipients read their mail: those who allow it are counted, the others are not even asked; one unsubscribes. Returns one of the
 * mails.
 */
export async function readMail(
  envoi: Envoi,
  inboxUrl: string,
  campaign: string,
  { tracked, untracked }: Audience,
  report: Report,
): Promise<string> {
  const inbox = openInbox(inboxUrl)
  report.figure('messages in the inbox', await inbox.count())

  await report.step(
    'Mail to those who did not allow tracking has no pixel and no rewritten link',
    async () => {
      for (const address of untracked.slice(0, 10)) {
        const mail = await inbox.mailOf(address)
        expect(
          pixelOf(mail) === undefined && trackedLinksOf(mail).length === 0,
          `no tracking in the mail of ${address}`,
        )
      }
    },
  )
  const readers = tracked.slice(0, 20)
  await report.step(`${readers.length} who allow it open, and half of them click`, async () => {
    for (const [index, address] of readers.entries()) {
      const mail = await inbox.mailOf(address)
      expect(await open(mail), 'a pixel in the mail of somebody who allows it')
      if (index % 2 === 0) expect((await click(mail)) !== undefined, 'a tracked link that redirects')
    }
  })
  const [leaver = ''] = untracked
  await report.step('One unsubscribes with one click', async () => {
    const mail = await inbox.mailOf(leaver)
    expect((await unsubscribe(mail)) === 200, 'a one-click unsubscribe that answers 200')
  })
  const counts = await report.step('The figures come in', async () => {
    for (const deadline = Date.now() + 30_000; ; ) {
      const { counts } = await envoi.campaigns.get(campaign)
      if (counts.opened >= readers.length && counts.clicked >= readers.length / 2 && counts.unsubscribed >= 1)
        return counts
      if (Date.now() > deadline) throw new Error(`the figures did not come in: ${JSON.stringify(counts)}`)
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  })
  report.figure('people who opened (of those who allow to be counted)', counts.opened)
  report.figure('people who clicked', counts.clicked)
  report.figure('people who unsubscribed', counts.unsubscribed)
  return (await inbox.mailOf(leaver)).html
}
