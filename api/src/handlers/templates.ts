import type { Masked } from '@envoi/core/contacts/mask'
import type { Template as TemplateRow } from '@envoi/core/database'
import { createTemplate } from '@envoi/core/templates/create-template'
import { deleteTemplate } from '@envoi/core/templates/delete-template'
import { exportTemplate, previewTemplate } from '@envoi/core/templates/preview-template'
import { getTemplate, listTemplates } from '@envoi/core/templates/read-templates'
import { updateTemplate } from '@envoi/core/templates/update-template'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const templatesHandlers = implement(contract.templates, {
  create: async ({ body }, context) => {
    const template = await createTemplate(context, body)
    return created(`/v1/templates/${template.id}`, presentTemplate(template), template)
  },
  list: async ({ query }, context) => page(await listTemplates(context, query), presentTemplate),
  get: async ({ params }, context) => {
    const template = await getTemplate(context, params.templateId)
    return ok(presentTemplate(template), template)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const template = await updateTemplate(context, params.templateId, body, ifMatch)
    return ok(presentTemplate(template), template)
  },
  delete: async ({ params }, context) => {
    await deleteTemplate(context, params.templateId)
    return noContent()
  },
  render: async ({ params, body }, context) =>
    ok(presentPreview(await previewTemplate(context, params.templateId, body))),
  export: async ({ params }, context) =>
    ok({
      contentType: 'text/html; charset=utf-8',
      content: await exportTemplate(context, params.templateId),
    }),
})

function presentTemplate(template: TemplateRow) {
  const { id, name, channel, subject, mjml, html, text } = template
  const createdAt = template.createdAt.toISOString()
  const updatedAt = template.updatedAt.toISOString()
  return { id, name, channel, subject, mjml, html, text, createdAt, updatedAt }
}

interface Preview {
  subject: string
  html: string
  text: string
  warnings: { code: string; detail: string }[]
}

export const presentPreview = ({ subject, html, text, warnings }: Masked<Preview>) => ({
  subject,
  html,
  text,
  warnings,
})
