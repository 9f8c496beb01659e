import type { ContentSource } from '../content/compile-content.ts'
import { ContentError } from '../content/content-error.ts'
import type { ContentSummary } from '../content/content-job.ts'
import { inspectContent } from '../content/run-content.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'

/**
 * Compiles a content of the account, or says where it is wrong. `prefix`: where the content stands in the request; `masked`: fields that
 * its author sees masked.
 */
export async function checkContent(
  context: Context,
  source: ContentSource,
  prefix = '',
  masked?: readonly string[],
): Promise<ContentSummary> {
  if (source.mjml == null && source.html == null) throw invalid(`${prefix}/mjml`, 'or `html` is required')
  try {
    return await inspectContent(context, source, await fieldKeys(context), masked)
  } catch (error) {
    throw asInvalid(error, prefix)
  }
}

/** Which attributes of contacts a template may read. */
export async function fieldKeys(context: Context): Promise<string[]> {
  const fields = await context.db.field.findMany({
    where: context.scope,
    select: { key: true },
    orderBy: { key: 'asc' },
  })
  return fields.map(({ key }) => key)
}

/** What is wrong with a content, at the part where it is. */
export function asInvalid(error: unknown, prefix = ''): unknown {
  if (!(error instanceof ContentError)) return error
  return invalid(`${prefix}/${error.part}`, `line ${error.line}, column ${error.column}: ${error.message}`)
}
