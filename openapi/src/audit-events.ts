import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Id, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'

export const actorTypes = ['user', 'api_key', 'operator', 'contact', 'system'] as const

export const auditKinds = ['change', 'read'] as const

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
      description:
        '`success`; `failure` of a job, or of who tried to log in; `replayed`: a stored answer was given again for its `Idempotency-Key`; or what else came of it.',
      examples: ['success'],
    }),
    address: Nullable(
      Type.String({
        description:
          'The network address it came from. Masked without `contacts:reveal`: it may be that of a person.',
        examples: ['203.0.113.7'],
      }),
    ),
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
    kind: OneOf(auditKinds, {
      description: [
        '`change`, or `read`: personal data was shown unmasked (`contacts:reveal`), or exported, or a stored answer was given again. Reads by the same credentials, operation and address are',
        'counted together and written down within a minute: `counts.reads` requests showed those in `targetIds`, and `counts.more` times somebody beyond.',
      ].join(' '),
    }),
    targetIds: Type.Array(Type.String({ examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'] }), {
      maxItems: 1000,
      description: 'Of reads that were counted together: whom they showed.',
    }),
  },
  { $id: 'AuditEvent' },
)

/** Of the sealed logs. */
export const headProblems = [
  '`seal_missing`: a seal that was recorded is gone, with all it sealed. `head_missing`, `head_changed`: what is recorded of the end of',
  'the log, in the database or among the files, is gone or is not what the platform wrote.',
].join(' ')

const recordKinds = ['suppression', 'erasure', 'verification', 'retention', 'closure'] as const

export const RecordKind = OneOf(recordKinds, {
  description:
    'A suppression, the receipt of an erasure, a change of a step of the verification, how long the audit log is kept (`id`: the account), the receipts of a closing.',
})

const Records = Type.Object(
  {
    entries: Type.Integer({
      minimum: 0,
      description: 'Sealed entries that hold, up to the first break among them.',
      examples: [1_200],
    }),
    breaks: Type.Integer({
      minimum: 0,
      description:
        'How many things do not hold: rows that are not as the last entry about them says, and the first break among seals.',
      examples: [0],
    }),
    firstBreak: Nullable(
      Type.Object({
        problem: OneOf(
          [
            'record_changed',
            'record_removed',
            'record_inserted',
            'entry_changed',
            'entry_removed',
            'entry_inserted',
            'seal_changed',
            'seal_missing',
            'head_missing',
            'head_changed',
          ],
          { description: headProblems },
        ),
        kind: Nullable(RecordKind),
        id: Nullable(Id),
        seal: Nullable(Type.Integer({ minimum: 1, examples: [7] })),
      }),
    ),
  },
  {
    $id: 'RecordIntegrity',
    description:
      'Rows that are promises, compared with the sealed entries that say what they are. A suppression, a receipt, a step of the verification or a retention that was changed, removed or put in by any other way than this API is named.',
  },
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
    keptSince: Nullable(
      Type.String({
        format: 'date-time',
        description:
          'Older events were deleted when their time was over (`retention.audit` of the account); the chain goes on from there. null when nothing was deleted yet.',
        examples: ['2025-11-23T09:30:00.000Z'],
      }),
    ),
    firstBreak: Nullable(
      Type.Object({
        seal: Type.Integer({ minimum: 1, examples: [7] }),
        eventId: Nullable(Id),
        problem: OneOf(
          [
            'event_changed',
            'event_missing',
            'event_inserted',
            'seal_changed',
            'seal_missing',
            'head_missing',
            'head_changed',
          ],
          { description: headProblems },
        ),
      }),
    ),
    records: Records,
    checkedAt: Timestamp,
  },
  { $id: 'AuditIntegrity' },
)

const filters = {
  action: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'What was done: an `operationId`, or the name of a job.',
      examples: ['contacts.update'],
    }),
  ),
  kind: Type.Optional(OneOf(auditKinds, { description: 'What was changed, or what was seen.' })),
  targetId: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Id of what it was done to.',
      examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
    }),
  ),
  actorType: Type.Optional(OneOf(actorTypes, { description: 'Kind of who did it.' })),
  actorId: Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'Id of the user, key or contact who did it.',
      examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
    }),
  ),
  outcome: Type.Optional(
    Type.String({ maxLength: 100, description: 'What came of it.', examples: ['failure'] }),
  ),
  since: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'From this moment on (RFC 3339).',
      examples: ['2026-11-01T00:00:00Z'],
    }),
  ),
  until: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'Before this moment (RFC 3339).',
      examples: ['2026-12-01T00:00:00Z'],
    }),
  ),
}

export const auditEvents = resource(
  'auditEvents',
  { title: 'Audit log', description: 'Who did what, when, from where, on which data.' },
  {
    list: operation({
      method: 'GET',
      path: '/v1/audit-events',
      cost: { expensiveWith: ['action', 'kind', 'targetId', 'actorType', 'actorId', 'outcome'] },
      summary: 'List audit events',
      description: 'Newest first.',
      access: 'audit:read',
      query: Type.Object({ ...pageQuery, ...filters }),
      responses: { 200: Page(AuditEvent) },
      errors: ['invalid_cursor'],
    }),
    export: operation({
      method: 'GET',
      path: '/v1/audit-events/export',
      cost: 'expensive',
      summary: 'Export audit events',
      description: [
        'All that the filters let through, oldest first, as a stream of any length: CSV (RFC 4180), or NDJSON with an `AuditEvent` on each line.',
        'An answer that breaks off is not whole. The export is itself on record.',
      ].join(' '),
      access: 'audit:read',
      query: Type.Object({
        ...filters,
        format: Type.Optional(
          OneOf(['csv', 'ndjson'], { description: 'Decides; without it, the `Accept` header does.' }),
        ),
      }),
      responses: {
        200: {
          file: {
            'text/csv': {
              example:
                'id,at,actorType,actorId,action,targetType,targetId,outcome,address,requestId,changed,counts,kind,targetIds\r\n0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d,2026-11-23T09:30:00.000Z,operator,,operator.approveAccount,account,0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d,success,203.0.113.7,,status,,change,\r\n',
            },
            'application/x-ndjson': {
              example:
                '{"id":"0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d","at":"2026-11-23T09:30:00.000Z","actor":{"type":"system","id":null},"action":"imports.run","target":null,"outcome":"success","address":null,"requestId":null,"changed":[],"counts":{"created":4999},"kind":"change","targetIds":[]}\n',
            },
          },
          description: 'The events.',
        },
      },
    }),
    integrity: operation({
      method: 'GET',
      path: '/v1/audit-events/integrity',
      cost: 'expensive',
      summary: 'Verify the audit log',
      description: [
        'Recomputes the hash of every sealed event, follows the chain of seals, and names the first place that does not hold:',
        'an event that was changed, removed or put in by other ways than this API, or a seal. Events whose retention is over are deleted together with',
        'their seals, and what follows is chained to the last of these by a keyed hash: a hole made by anybody else is found.',
        'So is an end that was cut off, and a log that is gone: the last seal is recorded in places that vouch for each other.',
        'Rows that are promises (suppressions, receipts, steps of the verification, the retention) are compared with sealed entries that say what they are: `records`.',
      ].join(' '),
      access: 'audit:read',
      responses: { 200: AuditIntegrity },
    }),
  },
)
