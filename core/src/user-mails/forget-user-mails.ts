import type { Platform } from '../context.ts'

/** As long as a report that a mail did not come may reasonably arrive. */
const KEPT_MS = 30 * 24 * 3_600_000

/** Deletes what is kept of mails and links to users a month after, of all accounts: none of either works any more. */
export async function forgetUserMails(platform: Platform): Promise<void> {
  const before = new Date(platform.clock.now().getTime() - KEPT_MS)
  await platform.db.userMail.deleteMany({ where: { createdAt: { lt: before } } })
  await platform.db.userLink.deleteMany({ where: { expiresAt: { lt: before } } })
}
