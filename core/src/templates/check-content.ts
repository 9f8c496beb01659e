import { type CompiledContent, type ContentSource, compileContent } from '../content/compile-content.ts'
import { ContentError } from '../content/content-error.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'

/** Compiles a content of the account, or says where it is wrong. `prefix`: where the content stands in the request. */
export async function checkContent(
  context: Context,
  source: ContentSource,
  prefix = '',
): Promise<CompiledContent> {
  if (source.mjml == null && source.html == null) throw invalid(`${prefix}/mjml`, 'or `html` is required')
  const fields = await context.db.field.findMany({ where: context.scope, select: { key: true } })
  try {
    return await compileContent(source, {
      mjmlCompiler: context.mjml,
      fields: fields.map(({ key }) => key),
    })
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    throw invalid(`${prefix}/${error.part}`, `line ${error.line}, column ${error.column}: ${error.message}`)
  }
}
