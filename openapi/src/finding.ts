import { Type } from '@sinclair/typebox'
import { OneOf } from './schemas.ts'

/** What a preflight has found. */
export const Finding = Type.Object(
  {
    severity: OneOf(['error', 'warning', 'info'], {
      description: 'An error stops the campaign from being sent.',
    }),
    code: Type.String({ examples: ['unsubscribe_link_missing'] }),
    rule: Type.String({
      description: 'The article, RFC or requirement behind it.',
      examples: ['RFC 8058; Code des postes et des communications électroniques, art. L. 34-5'],
    }),
    detail: Type.String({ examples: ['The content has no unsubscribe link.'] }),
    fix: Type.String({ examples: ['Put {{ unsubscribeUrl }} into a link of the content.'] }),
  },
  { $id: 'Finding' },
)
