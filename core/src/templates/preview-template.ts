import { madeOf } from '../contacts/mask.ts'
import { renderForOne } from '../content/run-content.ts'
import type { Context } from '../context.ts'
import { asInvalid, checkContent, fieldKeys } from './check-content.ts'
import { contentScope } from './content-scope.ts'
import { getTemplate } from './read-templates.ts'

/** Renders a template as a recipient would see it; nothing is tracked. */
export async function previewTemplate(
  context: Context,
  id: string,
  input: { contactId?: string; data?: Record<string, unknown> },
) {
  const template = await getTemplate(context, id)
  const scope = await contentScope(context, input)
  const recipient = { scope, tracking: { mode: 'off' } as const }
  try {
    const rendered = await renderForOne(context, template, recipient, { fields: await fieldKeys(context) })
    const { subject, html, text, summary } = rendered
    const warnings = summary.warnings.map(({ code, message, line }) => ({
      code,
      detail: line === undefined ? message : `line ${line}: ${message}`,
    }))
    return madeOf(scope, { subject, html: html ?? '', text, warnings })
  } catch (error) {
    throw asInvalid(error)
  }
}

/** The responsive HTML, Liquid left as it is. */
export async function exportTemplate(context: Context, id: string): Promise<string> {
  const compiled = await checkContent(context, await getTemplate(context, id))
  return compiled.htmlSource ?? ''
}
