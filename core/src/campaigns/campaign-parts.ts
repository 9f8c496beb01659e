import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { checkWrittenContent } from '../templates/check-written-content.ts'
import type { TemplateContent } from '../templates/create-template.ts'

/** What a campaign is made of, as the API gives it. */
export interface CampaignInput {
  name?: string
  purpose?: string
  segment?: string | null
  lists?: string[]
  sender?: string
  template?: string | null
  content?: TemplateContent | null
  tracking?: { opens: boolean; clicks: boolean; mode?: 'individual' | 'aggregate' }
  throttle?: number | null
}

/** Finds what a campaign refers to; a reference to nothing is told by its pointer. */
export async function resolveParts(context: Context, input: CampaignInput) {
  const found = { where: { accountId_id: { ...context.scope, id: '' } }, select: { id: true } }
  const at = (id: string) => ({ ...found, where: { accountId_id: { ...context.scope, id } } })
  const purpose =
    input.purpose === undefined
      ? undefined
      : await context.db.purpose.findUnique({
          where: { accountId_key: { ...context.scope, key: input.purpose } },
        })
  if (purpose === null) throw invalid('/purpose', 'is not a purpose of the account')
  if (input.sender !== undefined && (await context.db.sender.findUnique(at(input.sender))) === null)
    throw invalid('/sender', 'is not a sender of the account')
  if (input.segment != null && (await context.db.segment.findUnique(at(input.segment))) === null)
    throw invalid('/segment', 'is not a segment of the account')
  if (input.template != null && (await context.db.template.findUnique(at(input.template))) === null)
    throw invalid('/template', 'is not a template of the account')
  for (const [index, list] of (input.lists ?? []).entries()) {
    if ((await context.db.list.findUnique(at(list))) === null)
      throw invalid(`/lists/${index}`, 'is not a list of the account')
  }
  if (input.content != null) await checkWrittenContent(context, input.content, '/content')
  return {
    name: input.name,
    purposeId: purpose?.id,
    segmentId: input.segment,
    senderId: input.sender,
    templateId: input.template,
    trackOpens: input.tracking?.opens,
    trackClicks: input.tracking?.clicks,
    trackAs: input.tracking === undefined ? undefined : (input.tracking.mode ?? 'individual'),
    throttle: input.throttle,
  }
}

/** The audience is a segment or lists; the content a template or inline. */
export function refuseBoth(parts: {
  segment?: string | null
  lists?: string[]
  template?: string | null
  content?: unknown
}): void {
  if (parts.segment != null && (parts.lists ?? []).length > 0)
    throw invalid('/lists', 'must be empty when there is a segment')
  if (parts.template != null && parts.content != null)
    throw invalid('/content', 'must be left out when there is a template')
}
