import type { Context } from '@envoi/core'
import { deleteSegment } from '@envoi/core/segments/delete-segment'
import { type ShownSegment, segmentMask } from '@envoi/core/segments/mask-rule'
import { getSegment, listSegments } from '@envoi/core/segments/read-segments'
import { createSegment, updateSegment } from '@envoi/core/segments/save-segment'
import { countSegment, listSegmentContacts, previewRule } from '@envoi/core/segments/segment-contacts'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { contactPresenter } from './contacts.ts'

export const segmentsHandlers = implement(contract.segments, {
  create: async ({ body }, context) => {
    const segment = await createSegment(context, body)
    return created(`/v1/segments/${segment.id}`, (await presenter(context))(segment), segment)
  },
  list: async ({ query }, context) => page(await listSegments(context, query), await presenter(context)),
  preview: async ({ body }, context) => {
    const { count, sample } = await previewRule(context, body.rule)
    return ok({ count, sample: sample.map(await contactPresenter(context)) })
  },
  get: async ({ params }, context) => {
    const segment = await getSegment(context, params.segmentId)
    return ok((await presenter(context))(segment), segment)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const segment = await updateSegment(context, params.segmentId, body, ifMatch)
    return ok((await presenter(context))(segment), segment)
  },
  delete: async ({ params }, context) => {
    await deleteSegment(context, params.segmentId)
    return noContent()
  },
  count: async ({ params }, context) => ok({ count: await countSegment(context, params.segmentId) }),
  contacts: async ({ params, query }, context) =>
    page(await listSegmentContacts(context, params.segmentId, query), await contactPresenter(context)),
})

async function presenter(context: Context) {
  const mask = await segmentMask(context)
  return (segment: Parameters<typeof mask>[0]) => presentSegment(mask(segment))
}

export function presentSegment({ id, name, rule, createdAt, updatedAt }: ShownSegment) {
  return { id, name, rule, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
}
