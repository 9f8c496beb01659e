import type { Context } from '../context.ts'
import { openDkimKey } from '../delivery/open-delivery.ts'
import type { DkimKey } from '../mail/dkim.ts'

export interface ChosenSender {
  email: string
  name: string
  replyTo: string | null
  dkim: DkimKey | null
}

/**
 * Who a mail about a purpose comes from: the sender whom the account last used for a campaign of that purpose, so that the
 * person knows the name later; else its first one. Only at a verified domain, as for campaigns: an account in trial, which
 * writes to its own users alone, may do without. null when there is none yet.
 */
export async function chooseSender(context: Context, purposeId: string): Promise<ChosenSender | null> {
  const { accountId } = context
  const [sender] = await context.db.$queryRaw<
    { email: string; name: string; replyTo: string | null; domainId: string | null }[]
  >`
    select sender.email, sender.name, sender.reply_to as "replyTo", domain.id as "domainId"
    from sender
    join account on account.id = sender.account_id
    left join sender_domain as domain
      on domain.account_id = ${accountId}::uuid and domain.id = sender.sender_domain_id and domain.status = 'verified'
        and domain.domain = split_part(sender.email, '@', 2)
    where sender.account_id = ${accountId}::uuid and (domain.id is not null or account.status = 'trial')
    order by
      domain.id is null,
      (
        select max(campaign.started_at) from campaign
        where campaign.account_id = ${accountId}::uuid and campaign.sender_id = sender.id
          and campaign.purpose_id = ${purposeId}::uuid
      ) desc nulls last,
      sender.id
    limit 1`
  if (sender === undefined) return null
  const { domainId, ...rest } = sender
  return { ...rest, dkim: await openDkimKey(context, domainId) }
}
