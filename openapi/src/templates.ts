import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Channel, Closed, Id, Line, Nullable, Page, pageQuery, Timestamp } from './schemas.ts'

const Name = Line({ minLength: 1, maxLength: 200, examples: ['Lettre de novembre'] })
const Subject = Line({
  minLength: 1,
  maxLength: 500,
  description: 'Liquid.',
  examples: ['Bonjour {{ contact.firstName }}'],
})
const source = (maxLength: number, description: string, example: string) =>
  Nullable(Type.String({ maxLength, description, examples: [example] }))

/** Exactly one of `mjml` and `html`. */
export const contentFields = {
  subject: Subject,
  mjml: Type.Optional(
    source(
      500_000,
      'MJML, compiled to responsive HTML. Includes are ignored.',
      '<mjml><mj-body><mj-section><mj-column><mj-text>Bonjour {{ contact.firstName }}</mj-text></mj-column></mj-section></mj-body></mjml>',
    ),
  ),
  html: Type.Optional(
    source(
      500_000,
      'HTML, instead of MJML.',
      '<p>Bonjour {{ contact.firstName }} <a href="{{ unsubscribeUrl }}">Se désabonner</a></p>',
    ),
  ),
  text: Type.Optional(
    source(200_000, 'Plain text; derived from the HTML when left out.', 'Bonjour {{ contact.firstName }}'),
  ),
}

export const Template = Type.Object(
  {
    id: Id,
    name: Name,
    channel: Channel,
    subject: Subject,
    mjml: source(500_000, 'MJML.', '<mjml>…</mjml>'),
    html: source(500_000, 'HTML.', '<p>…</p>'),
    text: source(200_000, 'Plain text.', '…'),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { $id: 'Template' },
)

export const ContentWarning = Type.Object(
  {
    code: Type.String({ examples: ['unsubscribe_link_missing'] }),
    detail: Type.String({ examples: ['The content has no unsubscribe link.'] }),
  },
  { $id: 'ContentWarning' },
)

const Preview = Type.Object(
  {
    subject: Type.String({ examples: ['Bonjour Ada'] }),
    html: Type.String({ examples: ['<p>Bonjour Ada</p>'] }),
    text: Type.String({ examples: ['Bonjour Ada'] }),
    warnings: Type.Array(ContentWarning),
  },
  { $id: 'Preview' },
)

/** What Liquid may do with what its author sees masked. */
export const maskedValues =
  'Without `contacts:reveal`, a content may put out what you see masked, in running text (`{{ contact.firstName | default: "…" }}`), and do nothing else with it: conditions, loops, filters, assignments and addresses of links and images over such values answer `permission_missing`. So do they over `unsubscribeUrl`, `preferencesUrl` and `viewUrl`, but for a link of their own.'

const params = Type.Object({ templateId: Id })
const { subject, mjml, html, text } = contentFields

export const templates = resource(
  'templates',
  {
    title: 'Templates',
    description:
      'Contents to send: MJML or HTML, personalised with sandboxed Liquid. Liquid sees `contact`, `account`, `campaign`, `data`, `unsubscribeUrl`, `preferencesUrl` and `viewUrl`.',
  },
  {
    create: operation({
      method: 'POST',
      path: '/v1/templates',
      summary: 'Create a template',
      description: `Compiled before it is stored: an error points at the part, the line and the column. ${maskedValues}`,
      access: 'templates:write',
      trialLimit: 500,
      body: Closed({ name: Name, channel: Channel, ...contentFields }),
      responses: { 201: Template },
      errors: ['invalid', 'conflict'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/templates',
      summary: 'List templates',
      description: 'Newest first.',
      access: 'templates:read',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Template) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/templates/{templateId}',
      summary: 'Read a template',
      description: 'With its source.',
      access: 'templates:read',
      params,
      responses: { 200: Template },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/templates/{templateId}',
      summary: 'Change a template',
      description: `A JSON merge patch (RFC 7396). Campaigns that are already being sent keep what they started with. ${maskedValues}`,
      access: 'templates:write',
      params,
      body: Closed({ name: Type.Optional(Name), subject: Type.Optional(subject), mjml, html, text }),
      responses: { 200: Template },
      errors: ['not_found', 'invalid', 'conflict', 'precondition_failed'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/templates/{templateId}',
      summary: 'Delete a template',
      description: 'Refused while a campaign that is not over uses it.',
      access: 'templates:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'in_use'],
    }),
    render: operation({
      method: 'POST',
      path: '/v1/templates/{templateId}/render',
      summary: 'Preview a template',
      description:
        "With a contact's data (`contacts:read` is needed, and without `contacts:reveal` they are masked), or with data given here. Nothing is tracked: links are as written.",
      access: 'templates:read',
      safe: true,
      params,
      body: Closed({
        contactId: Type.Optional(Id),
        data: Type.Optional(
          Type.Record(Type.String(), Type.Unknown(), {
            description: 'What Liquid sees as `data`.',
            examples: [{ promo: 'ETE26' }],
          }),
        ),
      }),
      responses: {
        200: Preview,
      },
      errors: ['not_found', 'invalid'],
    }),
    export: operation({
      method: 'GET',
      path: '/v1/templates/{templateId}/export',
      summary: 'Export the responsive HTML of a template',
      description: 'MJML compiled, Liquid left as it is.',
      access: 'templates:read',
      params,
      responses: {
        200: {
          file: { 'text/html': { example: '<!doctype html><html>…</html>' } },
          description: 'The HTML.',
        },
      },
      errors: ['not_found', 'invalid'],
    }),
  },
)
