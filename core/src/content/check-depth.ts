import { Parser } from 'htmlparser2'
import { ContentError, type ContentPart, positionAt } from './content-error.ts'
import { LIMITS } from './limits.ts'

/**
 * Refuses markup nested so deeply that what comes after (MJML, deriving text) would take seconds: 15,000 nested links took four.
 * `markup` has the offsets of the source (Liquid blanked out).
 */
export function checkDepth(part: ContentPart, markup: string): void {
  let depth = 0
  const parser = new Parser({
    onopentag() {
      depth++
      if (depth <= LIMITS.htmlDepth) return
      const position = positionAt(markup, parser.startIndex)
      throw new ContentError(part, `elements are nested deeper than ${LIMITS.htmlDepth}`, position)
    },
    onclosetag() {
      depth--
    },
  })
  parser.end(markup)
}
