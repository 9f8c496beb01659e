import type { Field as FieldRow } from '@envoi/core/database'
import { createField } from '@envoi/core/fields/create-field'
import { deleteField } from '@envoi/core/fields/delete-field'
import { getField, listFields } from '@envoi/core/fields/read-fields'
import { updateField } from '@envoi/core/fields/update-field'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const fieldsHandlers = implement(contract.fields, {
  create: async ({ body }, context) => {
    const field = await createField(context, body)
    return created(`/v1/fields/${field.id}`, presentField(field), field)
  },
  list: async ({ query }, context) => page(await listFields(context, query), presentField),
  get: async ({ params }, context) => {
    const field = await getField(context, params.fieldId)
    return ok(presentField(field), field)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const field = await updateField(context, params.fieldId, body, ifMatch)
    return ok(presentField(field), field)
  },
  delete: async ({ params }, context) => {
    await deleteField(context, params.fieldId)
    return noContent()
  },
})

function presentField(field: FieldRow & { purpose: { key: string } | null }) {
  return {
    id: field.id,
    key: field.key,
    label: field.label,
    type: field.type,
    choices: field.choices,
    specialCategory: field.specialCategory,
    purpose: field.purpose?.key ?? null,
    createdAt: field.createdAt.toISOString(),
    updatedAt: field.updatedAt.toISOString(),
  }
}
