import { type Account, Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { eligibility } from '../delivery/eligibility.sql.ts'
import { DomainError } from '../errors.ts'
import { audiencePage } from './audience.sql.ts'
import type { Finding } from './finding.ts'
import { audienceOf, type WholeCampaign } from './take-snapshot.ts'

/** Contacts looked at in one statement. */
const PAGE = 10_000

/** Whether anybody would receive it; for an account in trial, whether anybody is in it who must not. */
export async function audienceFindings(
  context: Context,
  account: Account,
  campaign: WholeCampaign,
): Promise<Finding[]> {
  const audience = audienceOf(campaign)
  if (audience === null) {
    return [
      {
        severity: 'error',
        code: 'audience_missing',
        rule: 'A campaign needs an audience',
        detail: 'The campaign has neither a segment nor lists.',
        fix: 'Give it one or the other.',
        pointer: '/segment',
      },
    ]
  }
  const isTrial = account.status === 'trial'
  let reached = 0
  let strangers = 0
  for (let after: string | null = null; ; ) {
    const page = await audiencePage(context, audience, after, PAGE).catch(brokenRule)
    if ('code' in page) return [page]
    const { contacts, allowed, foreign, last }: Page = await judge(context, campaign.purposeId, page)
    reached += allowed
    strangers += foreign
    // in trial all are counted, as the quota bounds them; else it is enough that there is one
    if (contacts < PAGE || (!isTrial && reached > 0)) break
    after = last
  }
  if (isTrial && strangers > 0)
    return [
      trialRestricted(
        `${strangers} contact(s) of the audience are not users of the account who have confirmed their address.`,
      ),
    ]
  const { dailyQuota } = account
  if (isTrial && dailyQuota !== null && reached > dailyQuota)
    return [trialRestricted(`The audience has ${reached} contacts, and the daily quota is ${dailyQuota}.`)]
  return reached === 0 ? [audienceEmpty] : []
}

/** A segment can name what has been deleted since. */
function brokenRule(error: unknown): Finding {
  if (!(error instanceof DomainError) || error.code !== 'invalid') throw error
  return {
    severity: 'error',
    code: 'segment_invalid',
    rule: 'A campaign needs an audience',
    detail: `The rule of the segment cannot be applied: ${error.message}.`,
    fix: 'Correct the segment.',
    pointer: '/segment',
  }
}

interface Page {
  contacts: number
  allowed: number
  foreign: number
  last: string | null
}

async function judge(context: Context, purposeId: string, page: Prisma.Sql): Promise<Page> {
  const { from, reason } = eligibility(Prisma.sql`contact`, purposeId)
  const [row] = await context.db.$queryRaw<Page[]>`
    with member as materialized (${page}),
    judged as (
      select ${reason} as reason
      from member
      join contact on contact.account_id = ${context.accountId}::uuid and contact.id = member.id
      ${from}
    )
    select
      (select count(*) from member)::integer as contacts,
      (select id from member order by id desc limit 1) as last,
      count(*) filter (where reason is null)::integer as allowed,
      count(*) filter (where reason = 'trial_restricted')::integer as foreign
    from judged`
  return row ?? { contacts: 0, allowed: 0, foreign: 0, last: null }
}

function trialRestricted(detail: string): Finding {
  return {
    severity: 'error',
    code: 'trial_restricted',
    rule: 'Terms of the trial',
    detail,
    fix: 'Send to such users only, or wait until the operator has approved the account.',
    pointer: '/segment',
  }
}

const audienceEmpty: Finding = {
  severity: 'error',
  code: 'audience_empty',
  rule: 'A campaign needs an audience',
  detail:
    'Nobody in the audience may receive this campaign: each has no consent, is suppressed, or cannot be reached.',
  fix: "Look at the contacts' consents to the purpose.",
  pointer: '/segment',
}
