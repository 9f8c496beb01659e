import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Id, Nullable, OneOf, Page, Progress, pageQuery, Timestamp } from './schemas.ts'

export const erasureReasons = ['request', 'cleanup'] as const

export const Erasure = Type.Object(
  {
    id: Id,
    status: OneOf(['queued', 'running', 'completed'], {
      description:
        'The contact itself is gone from the start; `completed` when nothing of the person is left.',
    }),
    reason: OneOf(erasureReasons, {
      description: 'With `request` a keyed fingerprint of the addresses stays; with `cleanup` nothing does.',
    }),
    progress: Progress,
    deleted: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: 'How many rows were deleted, by what they were.',
      examples: [{ contact: 1, consent: 2, consent_event: 3, message: 12, event: 20 }],
    }),
    requestedAt: Timestamp,
    completedAt: Nullable(Timestamp),
  },
  { $id: 'Erasure', description: 'An erasure and, once completed, its receipt. It names nobody.' },
)

export const erasures = resource(
  'erasures',
  { title: 'Erasures', description: 'Receipts of what was deleted (GDPR art. 17); never of whom.' },
  {
    list: operation({
      method: 'GET',
      path: '/v1/erasures',
      summary: 'List erasures',
      description: 'Newest first.',
      access: 'contacts:read',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Erasure) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/erasures/{erasureId}',
      summary: 'Read an erasure',
      description: 'How far it is and, when it is completed, what was deleted.',
      access: 'contacts:read',
      params: Type.Object({ erasureId: Id }),
      responses: { 200: Erasure },
      errors: ['not_found'],
    }),
  },
)
