import { getAccount } from '../accounts/read-accounts.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { type Masked, madeOf, mayReveal } from '../contacts/mask.ts'
import type { RenderedContent } from '../content/render-content.ts'
import { renderForOne } from '../content/run-content.ts'
import { type Context, isTestMode } from '../context.ts'
import { drawAllowance } from '../delivery/allowance.ts'
import { openDkimKey } from '../delivery/open-delivery.ts'
import { DomainError, invalid } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { composeMessage, serializeMessage } from '../mail/compose-message.ts'
import { signMessage } from '../mail/dkim.ts'
import { asciiAddress } from '../mail/mailbox.ts'
import type { Mailer } from '../mail/mailer.ts'
import { sinkMailer } from '../mail/sink.ts'
import { checkContent } from '../templates/check-content.ts'
import { contentScope } from '../templates/content-scope.ts'
import { transaction } from '../transaction.ts'
import type { CampaignJobs } from './jobs.ts'
import { getCampaign } from './read-campaigns.ts'
import { contentOf, getWholeCampaign, type WholeCampaign } from './take-snapshot.ts'

/**
 * Asks for a test to users of the account who have proven that their address is theirs, by a job for each. It takes from what may leave in
 * a day, at once: who has used that up is told so. The jobs hold ids: a queue holds no address.
 */
export async function requestTest(context: Context, id: string, input: { to: string[]; contactId?: string }) {
  const campaign = await getWholeCampaign(context, id)
  if (campaign === null) throw new DomainError('not_found')
  const userIds = new Set<string>()
  for (const [index, address] of input.to.entries()) {
    const email = address.trim().toLowerCase()
    const user = await context.db.user.findUnique({ where: { accountId_email: { ...context.scope, email } } })
    if (user?.status !== 'active' || user.emailVerifiedAt === null)
      throw invalid(`/to/${index}`, 'is not the address of a user of the account who has confirmed it')
    userIds.add(user.id)
  }
  const content = contentOf(campaign)
  if (content === null) throw invalid('/content', 'is missing: there is nothing to test')
  await checkContent(context, content, '/content')
  await contentScope(context, input)
  return transaction(context, async (tx) => {
    const testMode = isTestMode(tx)
    if (!testMode) await drawTests(tx, userIds.size)
    const about = { campaignId: id, contactId: input.contactId ?? null, reveal: mayReveal(context), testMode }
    for (const userId of userIds) await enqueue(tx, 'campaigns.sendTest', { ...about, userId })
    await recordAudit(tx, { target: { type: 'campaign', id } })
    return getCampaign(tx, id)
  })
}

async function drawTests(tx: Context, wanted: number): Promise<void> {
  const { dailyQuota } = await getAccount(tx)
  const { count } = await drawAllowance(tx, { throttle: null, dailyQuota }, wanted)
  if (count < wanted)
    throw new DomainError('trial_restricted', {
      detail: `${count} of ${dailyQuota} messages are left for today; at midnight (UTC) there are more.`,
    })
}

/**
 * Sends the test: the campaign as it is now, or as it was approved, nothing tracked, links that lead nowhere. Throws while the
 * relay defers it.
 */
export async function sendTest(
  context: Context,
  { campaignId, userId, contactId, reveal, testMode }: CampaignJobs['campaigns.sendTest'],
): Promise<void> {
  const campaign = await getWholeCampaign(context, campaignId)
  const content = campaign && contentOf(campaign)
  if (!campaign || !content) return
  const { status } = await getAccount(context)
  if (status !== 'active' && status !== 'trial') return
  const user = await context.db.user.findUnique({
    where: {
      accountId_id: { ...context.scope, id: userId },
      status: 'active',
      emailVerifiedAt: { not: null },
    },
  })
  if (user === null) return
  const asker = {
    ...context,
    permissions: new Set(['contacts:read', ...(reveal ? ['contacts:reveal'] : [])]),
  }
  const scope = await contentScope(asker, contactId === null ? {} : { contactId })
  const recipient = { scope: { ...scope, account: campaign.account }, tracking: { mode: 'off' } as const }
  const rendered = madeOf(scope, await renderForOne(context, content, recipient))
  await sendOne(context, testMode === true ? sinkMailer : context.mailer, campaign, rendered, user.email)
}

async function sendOne(
  context: Context,
  mailer: Mailer | null,
  { sender }: WholeCampaign,
  { subject, html, text }: Masked<RenderedContent>,
  to: string,
): Promise<void> {
  if (mailer === null) throw new Error('SMTP_URL is not set: there is no way to send')
  const dkim = await openDkimKey(context, sender.senderDomainId)
  const composed = composeMessage({
    from: { email: sender.email, name: sender.name },
    ...(sender.replyTo === null ? {} : { replyTo: { email: sender.replyTo } }),
    to: { email: to },
    subject,
    text,
    html: html ?? undefined,
    messageId: `${context.newId()}@${sender.email.split('@')[1] ?? ''}`,
    date: context.clock.now(),
  })
  const raw = serializeMessage(dkim === null ? composed : await signMessage(composed, dkim))
  await mailer.reserve(1)
  const outcome = await mailer.send(
    { from: asciiAddress('from', sender.email), to: asciiAddress('to', to) },
    raw,
  )
  if (outcome.kind === 'deferred') throw new DeferredError(outcome.reason)
  if (outcome.kind === 'failed' || outcome.kind === 'unknown')
    context.log.warn({ outcome: outcome.kind, reason: outcome.reason }, 'a test was not sent')
}

class DeferredError extends Error {
  override name = 'DeferredError'
}
