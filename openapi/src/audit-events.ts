import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Id, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'

export const actorTypes = ['user', 'api_key', 'operator', 'contact', 'system'] as const

export const AuditEvent = Type.Object(
  {
    id: Id,
    at: Timestamp,
    actor: Type.Object({ type: OneOf(actorTypes), id: Nullable(Id) }),
    action: Type.String({
      description: 'The `operationId`, or the name of a job.',
      examples: ['contacts.update'],
    }),
    target: Nullable(
      Type.Object({
        type: Type.String({ examples: ['contact'] }),
        id: Type.String({ examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'] }),
      }),
    ),
    outcome: Type.String({
      description: '`success`; `failure` of a job, or of who tried to log in; or what else came of it.',
      examples: ['success'],
    }),
    address: Nullable(Type.String({ examples: ['203.0.113.7'] })),
    requestId: Nullable(Type.String({ examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'] })),
    changed: Type.Array(Type.String({ examples: ['firstName'] }), {
      description: 'Names of changed fields, never values.',
    }),
    counts: Nullable(
      Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
        description: 'For work on many rows: how many, by outcome.',
        examples: [{ created: 4999, rejected: 1 }],
      }),
    ),
  },
  { $id: 'AuditEvent' },
)

export const AuditIntegrity = Type.Object(
  {
    events: Type.Integer({
      minimum: 0,
      description: 'Sealed events that hold, up to the first break.',
      examples: [50_000],
    }),
    seals: Type.Integer({ minimum: 0, examples: [50] }),
    unsealed: Type.Integer({
      minimum: 0,
      description:
        'Events after the last seal: they are sealed once nothing older can come any more, some minutes later.',
      examples: [12],
    }),
    head: Nullable(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description:
          'Hash of the last seal. Who notes it down elsewhere can tell later that the chain up to it is still the same.',
        examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
      }),
    ),
    sealedAt: Nullable(Timestamp),
    firstBreak: Nullable(
      Type.Object({
        seal: Type.Integer({ minimum: 1, examples: [7] }),
        eventId: Nullable(Id),
        problem: OneOf(['event_changed', 'event_missing', 'event_inserted', 'seal_changed', 'seal_missing']),
      }),
    ),
    checkedAt: Timestamp,
  },
  { $id: 'AuditIntegrity' },
)

export const auditEvents = resource(
  'auditEvents',
  { title: 'Audit log', description: 'Who did what, when, from where, on which data.' },
  {
    list: operation({
      method: 'GET',
      path: '/v1/audit-events',
      summary: 'List audit events',
      description: 'Newest first.',
      access: 'audit:read',
      query: Type.Object({
        ...pageQuery,
        action: Type.Optional(
          Type.String({
            maxLength: 100,
            description: 'What was done: an `operationId`, or the name of a job.',
            examples: ['contacts.update'],
          }),
        ),
        targetId: Type.Optional(
          Type.String({
            maxLength: 100,
            description: 'Id of what it was done to.',
            examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
          }),
        ),
      }),
      responses: { 200: Page(AuditEvent) },
      errors: ['invalid_cursor'],
    }),
    integrity: operation({
      method: 'GET',
      path: '/v1/audit-events/integrity',
      summary: 'Verify the audit log',
      description: [
        'Recomputes the hash of every sealed event, follows the chain of seals, and names the first place that does not hold:',
        'an event that was changed, removed or put in by other ways than this API, or a seal.',
      ].join(' '),
      access: 'audit:read',
      responses: { 200: AuditIntegrity },
    }),
  },
)
