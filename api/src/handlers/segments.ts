import type { Segment as SegmentRow } from '@envoi/core/database'
import { deleteSegment } from '@envoi/core/segments/delete-segment'
import { getSegment, listSegments, ruleOf } from '@envoi/core/segments/read-segments'
import { createSegment, updateSegment } from '@envoi/core/segments/save-segment'
import { countSegment, listSegmentContacts, previewRule } from '@envoi/core/segments/segment-contacts'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { presentContact } from './contacts.ts'

export const segmentsHandlers = implement(contract.segments, {
  create: async ({ body }, context) => {
    const segment = await createSegment(context, body)
    return created(`/v1/segments/${segment.id}`, presentSegment(segment), segment)
  },
  list: async ({ query }, context) => page(await listSegments(context, query), presentSegment),
  preview: async ({ body }, context) => {
    const { count, sample } = await previewRule(context, body.rule)
    return ok({ count, sample: sample.map(presentContact(context.permissions.has('contacts:reveal'))) })
  },
  get: async ({ params }, context) => {
    const segment = await getSegment(context, params.segmentId)
    return ok(presentSegment(segment), segment)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const segment = await updateSegment(context, params.segmentId, body, ifMatch)
    return ok(presentSegment(segment), segment)
  },
  delete: async ({ params }, context) => {
    await deleteSegment(context, params.segmentId)
    return noContent()
  },
  count: async ({ params }, context) => ok({ count: await countSegment(context, params.segmentId) }),
  contacts: async ({ params, query }, context) =>
    page(
      await listSegmentContacts(context, params.segmentId, query),
      presentContact(context.permissions.has('contacts:reveal')),
    ),
})

function presentSegment(segment: SegmentRow) {
  return {
    id: segment.id,
    name: segment.name,
    rule: ruleOf(segment),
    createdAt: segment.createdAt.toISOString(),
    updatedAt: segment.updatedAt.toISOString(),
  }
}
