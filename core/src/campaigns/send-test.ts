import { recordAudit } from '../audit/record-audit.ts'
import { compileContent } from '../content/compile-content.ts'
import { renderContent } from '../content/render-content.ts'
import type { Context } from '../context.ts'
import { openDkimKey } from '../delivery/open-delivery.ts'
import { DomainError, invalid } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { composeMessage, serializeMessage } from '../mail/compose-message.ts'
import { signMessage } from '../mail/dkim.ts'
import { asciiAddress } from '../mail/mailbox.ts'
import { checkContent } from '../templates/check-content.ts'
import { contentScope } from '../templates/content-scope.ts'
import { transaction } from '../transaction.ts'
import { getCampaign } from './read-campaigns.ts'
import { contentOf, getWholeCampaign, type WholeCampaign } from './take-snapshot.ts'

/** Asks for a test to users of the account, by a job for each. It holds their id: a queue holds no address. */
export async function requestTest(context: Context, id: string, input: { to: string[]; contactId?: string }) {
  const campaign = await getWholeCampaign(context, id)
  if (campaign === null) throw new DomainError('not_found')
  const userIds = new Set<string>()
  for (const [index, address] of input.to.entries()) {
    const email = address.trim().toLowerCase()
    const user = await context.db.user.findUnique({ where: { accountId_email: { ...context.scope, email } } })
    if (user?.status !== 'active')
      throw invalid(`/to/${index}`, 'is not the address of a user of the account')
    userIds.add(user.id)
  }
  const content = contentOf(campaign)
  if (content === null) throw invalid('/content', 'is missing: there is nothing to test')
  await checkContent(context, content, '/content')
  await contentScope(context, input)
  return transaction(context, async (tx) => {
    for (const userId of userIds)
      await enqueue(tx, 'campaigns.sendTest', { campaignId: id, userId, contactId: input.contactId ?? null })
    await recordAudit(tx, { target: { type: 'campaign', id } })
    return getCampaign(tx, id)
  })
}

/** Sends the test: the campaign as it is now, nothing tracked, links that lead nowhere. Throws while the relay defers it. */
export async function sendTest(
  context: Context,
  { campaignId, userId, contactId }: { campaignId: string; userId: string; contactId: string | null },
): Promise<void> {
  const campaign = await getWholeCampaign(context, campaignId)
  const content = campaign && contentOf(campaign)
  if (!campaign || !content) return
  const { status } = await context.db.account.findUniqueOrThrow({ where: { id: context.accountId } })
  if (status !== 'active' && status !== 'trial') return
  const user = await context.db.user.findUnique({
    where: { accountId_id: { ...context.scope, id: userId }, status: 'active' },
  })
  if (user === null) return
  const scope = await contentScope(context, contactId === null ? {} : { contactId })
  const rendered = renderContent(await compileContent(content, { mjmlCompiler: context.mjml }), scope, {
    mode: 'off',
  })
  await sendOne(context, campaign, rendered, user.email)
}

async function sendOne(
  context: Context,
  { sender }: WholeCampaign,
  { subject, html, text }: { subject: string; html: string | null; text: string },
  to: string,
): Promise<void> {
  const { mailer } = context
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
  if (outcome.kind !== 'sent')
    context.log.warn({ outcome: outcome.kind, reason: outcome.reason }, 'a test was not sent')
}

class DeferredError extends Error {
  override name = 'DeferredError'
}
