import { maskedFields } from '../contacts/mask.ts'
import type { ContentSource } from '../content/compile-content.ts'
import type { ContentSummary } from '../content/content-job.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { checkContent } from './check-content.ts'

/**
 * Checks a content, and refuses it when it computes with what its author sees masked: which messages fail, or what comes to a server of
 * theirs, would spell it out. Asked of whoever writes or changes a content; what somebody else has written may be sent and tried.
 *
 * @throws DomainError `permission_missing` with a pointer to each part
 */
export async function checkWrittenContent(
  context: Context,
  source: ContentSource,
  prefix = '',
): Promise<ContentSummary> {
  const masked = await maskedFields(context)
  const summary = await checkContent(context, source, prefix, [...masked])
  // said once, however often the content does it
  const told = new Map(summary.computed.map(({ part, how }) => [`${part} ${how}`, { part, how }]))
  const fields = [...told.values()].map(({ part, how }) => ({
    pointer: `${prefix}/${part}`,
    detail: `${how}, which you see masked: that needs the permission contacts:reveal`,
  }))
  const [first] = fields
  if (first !== undefined)
    throw new DomainError('permission_missing', {
      detail: `${first.pointer}: ${first.detail}.`,
      fields: fields.slice(0, 50),
    })
  return summary
}
