import type { Purpose as PurposeRow } from '@envoi/core/database'
import { createPurpose } from '@envoi/core/purposes/create-purpose'
import { deletePurpose } from '@envoi/core/purposes/delete-purpose'
import { getPurpose, listPurposes } from '@envoi/core/purposes/read-purposes'
import { updatePurpose } from '@envoi/core/purposes/update-purpose'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const purposesHandlers = implement(contract.purposes, {
  list: async ({ query }, context) => page(await listPurposes(context, query), presentPurpose),
  create: async ({ body }, context) => {
    const purpose = await createPurpose(context, body)
    return created(`/v1/purposes/${purpose.key}`, presentPurpose(purpose), purpose)
  },
  get: async ({ params }, context) => {
    const purpose = await getPurpose(context, params.purposeKey)
    return ok(presentPurpose(purpose), purpose)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const purpose = await updatePurpose(context, params.purposeKey, body, ifMatch)
    return ok(presentPurpose(purpose), purpose)
  },
  delete: async ({ params }, context) => {
    await deletePurpose(context, params.purposeKey)
    return noContent()
  },
})

function presentPurpose(purpose: PurposeRow) {
  return {
    key: purpose.key,
    name: purpose.name,
    description: purpose.description,
    legalBasis: purpose.legalBasis,
    assessment: purpose.assessment,
    eprivacyGround: purpose.eprivacyGround,
    channels: purpose.channels,
    retention: purpose.retention,
    doubleOptIn: purpose.doubleOptIn,
    policyText: purpose.policyText,
    policyVersion: purpose.policyVersion,
    createdAt: purpose.createdAt.toISOString(),
    updatedAt: purpose.updatedAt.toISOString(),
  }
}
