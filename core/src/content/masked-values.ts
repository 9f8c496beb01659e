import type { ContentSource } from './compile-content.ts'
import { type ComputedValue, computedValues, ownPages, type RenderedPart } from './computed-values.ts'

/**
 * What a content does with values that its author sees masked, beyond showing them. Only for threads (`content-thread.ts`): it reads what
 * an account wrote, as compiling does.
 */
export function computedFromMasked(
  source: ContentSource,
  htmlSource: string | null,
  masked: readonly string[],
): ComputedValue[] {
  if (masked.length === 0) return []
  const fields = new Set(masked)
  return partsOf(source, htmlSource).flatMap((part) =>
    computedValues(part, (path) => isMasked(fields, path)).slice(0, mostTold),
  )
}

/** Of one part: more help nobody. */
const mostTold = 50

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
