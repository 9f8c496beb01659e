import { maskedFields } from '../contacts/mask.ts'
import type { CompiledContent, ContentSource } from '../content/compile-content.ts'
import { computedValues, ownPages, type RenderedPart } from '../content/computed-values.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/**
 * Refuses a content that computes with what its author sees masked: which messages fail, or what comes to a server of theirs, would spell
 * it out. Asked of whoever writes or changes a content; what somebody else has written may be sent and tried.
 *
 * @throws DomainError `permission_missing` with a pointer to each part
 */
export async function requireRevealedContent(
  context: Context,
  source: ContentSource,
  { htmlSource }: Pick<CompiledContent, 'htmlSource'>,
  prefix = '',
): Promise<void> {
  const masked = await maskedFields(context)
  if (masked.size === 0) return
  const fields = partsOf(source, htmlSource)
    .flatMap((part) => computedValues(part, (path) => isMasked(masked, path)))
    .map(({ part, how }) => ({
      pointer: `${prefix}/${part}`,
      detail: `${how}, which you see masked: that needs the permission contacts:reveal`,
    }))
  const [first] = fields
  if (first !== undefined)
    throw new DomainError('permission_missing', {
      detail: `${first.pointer}: ${first.detail}.`,
      fields: fields.slice(0, 50),
    })
}

function partsOf({ subject, text, mjml }: ContentSource, htmlSource: string | null): RenderedPart[] {
  return [
    { part: 'subject', mode: 'text', source: subject },
    ...(htmlSource === null
      ? []
      : [{ part: mjml ? ('mjml' as const) : ('html' as const), mode: 'html' as const, source: htmlSource }]),
    ...(text ? [{ part: 'text' as const, mode: 'text' as const, source: text }] : []),
  ]
}

/** A name that is computed at run time (null) may be any. */
function isMasked(masked: ReadonlySet<string>, [root, name, key]: (string | number | null)[]): boolean {
  if (root === null || ownPages.includes(String(root))) return true
  if (root !== 'contact') return false
  if (name == null || masked.has(String(name))) return true
  if (name !== 'attributes') return false
  return key == null
    ? [...masked].some((field) => field.startsWith('attributes.'))
    : masked.has(`attributes.${key}`)
}
