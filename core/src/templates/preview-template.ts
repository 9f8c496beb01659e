import { ContentError } from '../content/content-error.ts'
import { renderContent } from '../content/render-content.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { checkContent } from './check-content.ts'
import { contentScope } from './content-scope.ts'
import { getTemplate } from './read-templates.ts'

/** Renders a template as a recipient would see it; nothing is tracked. */
export async function previewTemplate(
  context: Context,
  id: string,
  input: { contactId?: string; data?: Record<string, unknown> },
) {
  const template = await getTemplate(context, id)
  const compiled = await checkContent(context, template)
  const scope = await contentScope(context, input)
  try {
    const { subject, html, text } = renderContent(compiled, scope, { mode: 'off' })
    const warnings = compiled.warnings.map(({ code, message, line }) => ({
      code,
      detail: line === undefined ? message : `line ${line}: ${message}`,
    }))
    return { subject, html: html ?? '', text, warnings }
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    throw invalid(`/${error.part}`, error.message)
  }
}

/** The responsive HTML, Liquid left as it is. */
export async function exportTemplate(context: Context, id: string): Promise<string> {
  const compiled = await checkContent(context, await getTemplate(context, id))
  return compiled.htmlSource ?? ''
}
