/** Who belongs to a segment, as a tree: conditions on a contact at the leaves, `all`, `any` and `not` above them. */
import { type Static, Type } from '@sinclair/typebox'
import { Channel, Id, OneOf } from './schemas.ts'

/** What a schema that refers to itself cannot say; a rule beyond it is refused (422) with a pointer. */
export const segmentRuleLimits = {
  /** Levels, those of the segments referred to included. */
  depth: 10,
  /** Conditions, those of the segments referred to included. */
  conditions: 200,
  /**
   * Conditions that search, those of the segments referred to included: in the text of each contact, or among its messages and events. Each
   * takes some 10 µs a contact, ten times what a comparison takes.
   */
  searches: 20,
} as const

/** Levels and conditions are counted with those of the segments that a rule refers to. */
const bounded = [
  `At most ${segmentRuleLimits.depth} levels and ${segmentRuleLimits.conditions} conditions, those of the segments it refers to included.`,
  `At most ${segmentRuleLimits.searches} of the conditions may search: \`contains\` and \`startsWith\`, and events with \`campaign\` or \`count\` or of type \`contact.unsubscribed\`.`,
].join(' ')

export const segmentFieldOperators = [
  'eq',
  'ne',
  'in',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'startsWith',
  'exists',
  'before',
  'after',
  'withinLast',
] as const

export const segmentEventTypes = [
  'message.sent',
  'message.opened',
  'message.clicked',
  'contact.unsubscribed',
] as const

const Closed = { additionalProperties: false } as const
const text = Type.String({ maxLength: 1000 })

const Duration = (description: string) =>
  Type.String({
    pattern: '^P(?=.)(\\d{1,4}Y)?(\\d{1,4}M)?(\\d{1,4}W)?(\\d{1,5}D)?(T(?=.)(\\d{1,5}H)?(\\d{1,6}M)?)?$',
    description: `${description} An ISO 8601 duration.`,
    examples: ['P30D'],
  })

export const SegmentFieldCondition = Type.Object(
  {
    field: Type.String({
      pattern:
        '^(email|phone|externalId|firstName|lastName|locale|timezone|tracking|restricted|objections|origin\\.source|origin\\.collectedAt|createdAt|updatedAt|lastEngagedAt|attributes\\.[a-zA-Z][a-zA-Z0-9_]{0,63})$',
      description:
        'A property of the contact, or `attributes.` and the key of a declared field. Its type decides which operators it takes.',
      examples: ['attributes.country'],
    }),
    op: OneOf(segmentFieldOperators, {
      description: [
        'How the value is compared. Who has no value satisfies only `ne` and `exists` with `false`.',
        '`eq`, `ne`, `in` (one of a list): exactly equal; `in` on a multiple choice: any of them is chosen.',
        '`gt`, `gte`, `lt`, `lte`: numbers, dates and times; `before` and `after` are `lt` and `gt` for dates and times.',
        '`contains`, `startsWith`: part of a text, in any case; `contains` on a multiple choice: it is chosen.',
        '`exists`: has a value; with `false`, has none.',
        '`withinLast`: a date or time not further back than a duration, and not in the future.',
      ].join('\n'),
    }),
    value: Type.Optional(
      Type.Union(
        [
          text,
          Type.Number(),
          Type.Boolean(),
          Type.Array(Type.Union([text, Type.Number()]), { minItems: 1, maxItems: 1000 }),
        ],
        {
          description:
            'In the type of the field: dates as `2026-11-23`, times as RFC 3339; a list for `in`, an ISO 8601 duration for `withinLast`. Left out for `exists` it means `true`.',
          examples: ['FR'],
        },
      ),
    ),
  },
  { ...Closed, $id: 'SegmentFieldCondition', description: 'A condition on a value of the contact.' },
)

export const SegmentConsentCondition = Type.Object(
  {
    consent: Type.Object(
      {
        purpose: Type.String({
          minLength: 1,
          maxLength: 64,
          description: 'Key of a purpose.',
          examples: ['newsletter'],
        }),
        channel: Channel,
        state: OneOf(['pending', 'granted', 'refused', 'withdrawn', 'lapsed'], {
          description: 'Who was never asked has no state: put `not` around what they must not have said.',
          examples: ['granted'],
        }),
      },
      Closed,
    ),
  },
  {
    ...Closed,
    $id: 'SegmentConsentCondition',
    description:
      'What the contact agreed to. A campaign checks consent by itself: nobody is reached without it, whatever the segment says.',
  },
)

export const SegmentEventCondition = Type.Object(
  {
    event: Type.Object(
      {
        type: OneOf(segmentEventTypes, {
          description:
            'What happened. Opens and clicks are those of people who allow tracking; what machines do is left out.',
          examples: ['message.opened'],
        }),
        campaign: Type.Optional(
          Type.String({
            format: 'uuid',
            description: 'Only for a message of this campaign.',
            examples: Id.examples,
          }),
        ),
        link: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 10_000,
            description:
              'Only this link: its index in the content of `campaign`, which is needed. Clicks only.',
            examples: [2],
          }),
        ),
        goal: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 64,
            description: 'Only for the goal of this key.',
            examples: ['purchase'],
          }),
        ),
        within: Type.Optional(Duration('Only this far back.')),
        count: Type.Optional(
          Type.Object(
            {
              gte: Type.Integer({
                minimum: 1,
                maximum: 1000,
                description: 'At least so many times.',
                examples: [3],
              }),
            },
            { ...Closed, description: 'At least once unless said.' },
          ),
        ),
      },
      Closed,
    ),
  },
  {
    ...Closed,
    $id: 'SegmentEventCondition',
    description: 'Something the contact did, or that was sent to them.',
  },
)

export const SegmentListCondition = Type.Object(
  { list: Id },
  { ...Closed, $id: 'SegmentListCondition', description: 'The contact is a member of a list.' },
)

export const SegmentSegmentCondition = Type.Object(
  { segment: Id },
  {
    ...Closed,
    $id: 'SegmentSegmentCondition',
    description:
      'The contact is in another segment, as its rule then is. Segments must not refer to each other in a circle.',
  },
)

export const SegmentRule = Type.Recursive(
  (This) =>
    Type.Union([
      Type.Object(
        { all: Type.Array(This, { minItems: 1, maxItems: 100, description: 'Rules that must all hold.' }) },
        Closed,
      ),
      Type.Object(
        {
          any: Type.Array(This, { minItems: 1, maxItems: 100, description: 'Rules of which one must hold.' }),
        },
        Closed,
      ),
      Type.Object({ not: This }, Closed),
      SegmentFieldCondition,
      SegmentConsentCondition,
      SegmentEventCondition,
      SegmentListCondition,
      SegmentSegmentCondition,
    ]),
  {
    $id: 'SegmentRule',
    description: `Who belongs to a segment. ${bounded} \`not\` holds for everybody for whom its rule does not, those without a value included.`,
    examples: [
      {
        all: [
          { field: 'attributes.country', op: 'in', value: ['FR', 'BE'] },
          { consent: { purpose: 'newsletter', channel: 'email', state: 'granted' } },
          { event: { type: 'message.opened', within: 'P90D' } },
          { not: { event: { type: 'message.clicked', within: 'P30D', count: { gte: 3 } } } },
        ],
      },
    ],
  },
)

export type SegmentRule = Static<typeof SegmentRule>
export type SegmentFieldCondition = Static<typeof SegmentFieldCondition>
export type SegmentConsentCondition = Static<typeof SegmentConsentCondition>
export type SegmentEventCondition = Static<typeof SegmentEventCondition>
export type SegmentCondition = Exclude<SegmentRule, { all: unknown } | { any: unknown } | { not: unknown }>
