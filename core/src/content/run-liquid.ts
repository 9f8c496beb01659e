import { Context, type Liquid, type Template } from 'liquidjs'
import { ContentError, type ContentPart } from './content-error.ts'
import { LIMITS } from './limits.ts'
import { contentErrorOf } from './liquid.ts'

/**
 * Renders one part, within the limits. The scope is copied: `{% increment %}` writes into it. Values in `registers` are for our
 * own tags; templates cannot reach them.
 */
export function runLiquid(
  liquid: Liquid,
  part: ContentPart,
  templates: Template[],
  scope: object,
  registers: Record<string, unknown> = {},
): string {
  try {
    const context = new Context({ ...scope }, liquid.options, { sync: true }, { liquid })
    for (const [name, value] of Object.entries(registers)) context.setRegister(name, value)
    const output = String(liquid.renderSync(templates, context))
    // A rope of a hundred million characters costs nothing until it is read: look at its length first.
    if (output.length > LIMITS.output) throw new ContentError(part, 'the rendered result is too large')
    return output
  } catch (error) {
    throw contentErrorOf(error, part)
  }
}
