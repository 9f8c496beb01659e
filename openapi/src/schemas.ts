/** Building blocks shared by all resources. */
import {
  type Static,
  type StringOptions,
  type TObject,
  type TProperties,
  type TSchema,
  Type,
} from '@sinclair/typebox'

export const Id = Type.String({
  format: 'uuid',
  description: 'UUIDv7 (RFC 9562): sorts by time of creation.',
  examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
})

/** No control character, nor what Unicode calls a line or paragraph separator: what becomes a header or a title stays on its line. */
export const linePattern = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$'

/** One line of text. */
export const Line = (options: StringOptions) => Type.String({ pattern: linePattern, ...options })

/** Why a name may be refused with `invalid` beyond its pattern. */
const plainName =
  'Without characters that cannot be seen or that change the direction of text (bidirectional controls, zero-width spaces): 422 with them.'

/** A name that other people read in mails and on pages. */
export const PlainName = ({ description, ...options }: StringOptions) =>
  Line({ ...options, description: description === undefined ? plainName : `${description} ${plainName}` })

export const Timestamp = Type.String({
  format: 'date-time',
  description: 'RFC 3339, in UTC.',
  examples: ['2026-11-23T09:30:00.000Z'],
})

export const Locale = Type.String({
  pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
  maxLength: 35,
  description: 'BCP 47 language tag.',
  examples: ['fr-FR'],
})

export const Timezone = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'Name in the IANA time zone database.',
  examples: ['Europe/Paris'],
})

export const Email = Type.String({
  format: 'email',
  maxLength: 254,
  description: 'An email address (RFC 5321).',
  examples: ['ada@example.com'],
})

export const Channel = Type.Union([Type.Literal('email'), Type.Literal('sms')], {
  $id: 'Channel',
  description: 'By which medium.',
})

/** `string | null`, `number | null`… as one schema with a type array (JSON Schema 2020-12). */
export function Nullable<T extends TSchema>(schema: T) {
  const { $id: _, ...inner } = schema as T & { type?: string; enum?: unknown[] }
  if (typeof inner.type === 'string' && !('anyOf' in inner) && inner.type !== 'object') {
    // `enum` holds whatever `type` says: it has to list null as well
    const words = inner.enum === undefined ? {} : { enum: [...inner.enum, null] }
    return Type.Unsafe<Static<T> | null>({ ...inner, ...words, type: [inner.type, 'null'] })
  }
  return Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }] })
}

/** One of a few words, as a JSON Schema `enum`. */
export function OneOf<const T extends readonly [string, ...string[]]>(
  values: T,
  options: Record<string, unknown> = {},
) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], examples: [values[0]], ...options })
}

/** An object that refuses unknown properties: every request body is one. */
export function Closed<T extends TProperties>(
  properties: T,
  options: Record<string, unknown> = {},
): TObject<T> {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** A page of a list: keyset pagination, newest first unless said. */
export function Page<T extends TSchema>(item: T) {
  return Type.Object({
    data: Type.Array(item),
    nextCursor: Nullable(
      Type.String({
        description:
          'Pass it as `cursor` to get the next page; null on the last one. Opaque, and bound to this query.',
        examples: [null],
      }),
    ),
  })
}

export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Items in a page.', examples: [50] }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: '`nextCursor` of the page before.',
      examples: ['pQ3Zk0m1uTq8Yw2sB7xJd4FvR9hLc6aN'],
    }),
  ),
}

export const Progress = Type.Object(
  {
    done: Type.Integer({ minimum: 0, examples: [5000] }),
    total: Nullable(
      Type.Integer({ minimum: 0, description: 'null while it is not known.', examples: [5000] }),
    ),
  },
  { $id: 'Progress', description: 'How far a long work has come.' },
)
