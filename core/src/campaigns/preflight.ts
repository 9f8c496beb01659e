import { onLane } from '../connections/on-lane.ts'
import type { ContentSummary } from '../content/content-job.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { Finding } from './finding.ts'
import { audienceFindings } from './preflight-audience.ts'
import { contentFindings } from './preflight-content.ts'
import { groundFindings } from './preflight-ground.ts'
import { senderFindings } from './preflight-sender.ts'
import { getWholeCampaign, type WholeCampaign } from './take-snapshot.ts'

export interface Preflight {
  campaign: WholeCampaign
  findings: Finding[]
  /** null when the content cannot be sent at all. */
  compiled: ContentSummary | null
}

/** Looks at everything that can be known before the audience is frozen. Changes nothing. */
export function preflightCampaign(context: Context, id: string): Promise<Preflight> {
  return onLane(context, (on) => look(on, id))
}

async function look(context: Context, id: string): Promise<Preflight> {
  const campaign = await getWholeCampaign(context, id)
  if (campaign === null) throw new DomainError('not_found')
  const account = await context.db.account.findUniqueOrThrow({ where: { id: context.accountId } })
  const { findings: ofContent, compiled } = await contentFindings(context, campaign)
  const findings = [
    ...groundFindings(campaign),
    ...ofContent,
    ...senderFindings(account, campaign),
    ...(await audienceFindings(context, account, campaign)),
  ]
  return { campaign, findings, compiled }
}

/** Refuses to send what has an error, in the words that fit: a limit of the trial, the law, or a mistake. */
export function refuseErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  const fields = errors.map(({ pointer, detail, rule, fix }) => ({
    pointer,
    detail: `${detail} ${fix} (${rule})`,
  }))
  const trial = errors.find(({ code }) => code === 'trial_restricted')
  if (trial !== undefined)
    throw new DomainError('trial_restricted', { detail: `${trial.detail} ${trial.fix}`, fields })
  const law = errors.find(({ isLaw }) => isLaw)
  if (law !== undefined)
    throw new DomainError('instruction_may_infringe', {
      detail: `${law.detail} ${law.fix} (${law.rule})`,
      fields,
    })
  throw new DomainError('invalid', {
    detail: fields.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '),
    fields,
  })
}
