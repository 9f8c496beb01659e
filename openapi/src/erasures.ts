import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Id, Nullable, OneOf, Page, Progress, pageQuery, Timestamp } from './schemas.ts'

export const erasureReasons = ['request', 'cleanup'] as const

export const Erasure = Type.Object(
  {
    id: Id,
    status: OneOf(['queued', 'running', 'completed'], {
      description:
        'The contact itself is gone from the start; `completed` when nothing of the person is left but what `outOfReach` names.',
    }),
    reason: OneOf(erasureReasons, {
      description:
        'With `request` a keyed fingerprint of the addresses stays; with `cleanup` nothing does, but for two days those that limit how often an address is asked for a confirmation.',
    }),
    progress: Progress,
    deleted: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: 'How many rows were deleted, by what they were.',
      examples: [{ contact: 1, consent: 2, consent_event: 3, message: 12, event: 20 }],
    }),
    replaced: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description:
        'In how many rows of what the account has written itself a mention of the person was replaced by a mark (`[erased]`), by what they are: names, rules, contents, notes, attributes of other contacts.',
      examples: [{ segment: 1, template: 2 }],
    }),
    outOfReach: Type.Array(
      Type.Object({
        where: OneOf(['consent_event', 'audit_event', 'sender', 'user', 'account', 'external_id'], {
          description: 'Where they are.',
        }),
        count: Type.Integer({ minimum: 1, description: 'How many rows.', examples: [1] }),
        ids: Type.Array(Id, {
          description:
            'Which senders or users: those you can look up and change yourself, up to fifty of them. Empty for everything else, and without `contacts:reveal`, because it would say who the person was.',
        }),
        why: Type.String({
          description: 'Why they stay, and what you can do.',
          examples: [
            'senders whose address, or reply address, is that of the person, as somebody who writes for you: `ids` says which; change or delete them if they no longer do',
          ],
        }),
      }),
      {
        description:
          'What mentions the person and was left, because it cannot or must not be changed. It says how many rows and, of what you can change, which; never of whom.',
      },
    ),
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
