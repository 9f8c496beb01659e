import { ContentError, type ContentWarning } from '../content/content-error.ts'
import type { ContentSummary } from '../content/content-job.ts'
import { inspectContent } from '../content/run-content.ts'
import type { Context } from '../context.ts'
import { fieldKeys } from '../templates/check-content.ts'
import type { Finding } from './finding.ts'
import { contentOf, isRefusable, type WholeCampaign } from './take-snapshot.ts'

/** Compiles what would be sent, and judges it. */
export async function contentFindings(
  context: Context,
  campaign: WholeCampaign,
): Promise<{ findings: Finding[]; compiled: ContentSummary | null }> {
  const pointer = campaign.templateId === null ? '/content' : '/template'
  const content = contentOf(campaign)
  if (content === null || (content.mjml === null && content.html === null))
    return { findings: [contentMissing(pointer)], compiled: null }
  const findings: Finding[] = []
  if (content.subject.trim() === '') findings.push(subjectEmpty(pointer))
  try {
    const compiled = await inspectContent(context, content, await fieldKeys(context))
    for (const warning of compiled.warnings) findings.push(...findingOf(warning, campaign, pointer))
    findings.push(...linkFindings(compiled, pointer), ...withdrawalFindings(compiled, campaign, pointer))
    return { findings, compiled }
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    return { findings: [...findings, contentInvalid(error, pointer)], compiled: null }
  }
}

function contentMissing(pointer: string): Finding {
  return {
    severity: 'error',
    code: 'content_missing',
    rule: 'A campaign needs a content',
    detail: 'The campaign has neither a template nor a content.',
    fix: 'Give it one.',
    pointer,
  }
}

function subjectEmpty(pointer: string): Finding {
  return {
    severity: 'error',
    code: 'subject_empty',
    rule: 'RFC 5322, section 3.6.5',
    detail: 'The subject is empty.',
    fix: 'Write one.',
    pointer: `${pointer}/subject`,
  }
}

function contentInvalid({ part, line, column, message }: ContentError, pointer: string): Finding {
  return {
    severity: 'error',
    code: 'content_invalid',
    rule: 'A content compiles before it is sent',
    detail: `${part}, line ${line}, column ${column}: ${message}.`,
    fix: 'Correct it there.',
    pointer: `${pointer}/${part}`,
  }
}

function findingOf(warning: ContentWarning, { purpose }: WholeCampaign, pointer: string): Finding[] {
  const where = warning.line === undefined ? '' : `Line ${warning.line}: `
  const base = {
    severity: 'warning',
    code: warning.code,
    detail: `${where}${warning.message}.`,
    pointer,
  } as const
  switch (warning.code) {
    case 'unsubscribe_link_missing':
      if (!isRefusable(purpose)) return []
      return [
        {
          ...base,
          severity: 'error',
          rule: 'CPCE art. L. 34-5; GDPR art. 7(3) and 21(4); RFC 8058',
          detail: `The ${warning.part === 'text' ? 'plain text' : 'content'} has no link to unsubscribe.`,
          fix: 'Put {{ unsubscribeUrl }} into the address of a link, and into the plain text when you write one.',
          isLaw: true,
        },
      ]
    case 'unknown_variable':
      return [{ ...base, rule: 'Variables of templates', fix: 'Declare the field, or correct the name.' }]
    case 'mjml_invalid':
      return [{ ...base, rule: 'MJML', fix: 'Correct the markup, or the message may look broken.' }]
    case 'identifying_address':
      return [
        {
          ...base,
          rule: 'Directive 2002/58/EC art. 5(3), in France loi Informatique et Libertés art. 82; CNIL, délibération 2026-042',
          fix: 'Leave the contact out of addresses, and images and links out of conditions on the contact. What tells who opens or follows one is individual tracking: it stands only in messages to those who agreed to it, of a campaign that measures individually, and is left out of all others.',
        },
      ]
    case 'active_content':
      return [
        {
          ...base,
          severity: 'error',
          rule: 'GDPR art. 5(1)(f) and 32; mail programs remove what runs or sends by itself',
          fix: 'Remove it: link to a page of yours instead.',
        },
      ]
    case 'size_over_clipping_limit':
      return [{ ...base, rule: 'Gmail clips messages over 102 kB', fix: 'Shorten the content.' }]
  }
}

/** Links in the clear can be read and changed on the way, and some providers take them for a sign of spam. */
function linkFindings({ links }: ContentSummary, pointer: string): Finding[] {
  const clear = links.filter(({ target }) => target?.startsWith('http:'))
  if (clear.length === 0) return []
  return [
    {
      severity: 'warning',
      code: 'link_not_https',
      rule: 'GDPR art. 32: security in transit',
      detail: `${clear.length} link(s) without https: ${clear
        .slice(0, 3)
        .map(({ target }) => target)
        .join(', ')}.`,
      fix: 'Link to https addresses.',
      pointer,
    },
  ]
}

/** Where opens or clicks are measured, each message offers a way to withdraw from that. */
function withdrawalFindings(
  { ownLinks }: ContentSummary,
  { trackOpens, trackClicks }: WholeCampaign,
  pointer: string,
): Finding[] {
  if (!(trackOpens || trackClicks) || ownLinks.has('preferencesUrl')) return []
  return [
    {
      severity: 'error',
      code: 'tracking_withdrawal_link_missing',
      rule: 'CNIL, délibération 2026-042; GDPR art. 7(3)',
      detail: 'Tracking is on, and the content has no link to withdraw from it.',
      fix: 'Put {{ preferencesUrl }} into a link of the content, or turn tracking off.',
      pointer,
      isLaw: true,
    },
  ]
}
