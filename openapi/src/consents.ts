import { Type } from '@sinclair/typebox'
import { headProblems } from './audit-events.ts'
import { operation, resource } from './operation.ts'
import { PurposeKey } from './purposes.ts'
import { Channel, Closed, Id, Line, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'

const Source = Line({
  minLength: 1,
  maxLength: 200,
  description:
    'Where it was collected. When it begins with `double opt-in`, it counts as confirmed by the person from their mailbox.',
  examples: ['newsletter form'],
})
const CollectedAt = Type.String({
  format: 'date-time',
  description: 'When the person acted: RFC 3339, not in the future.',
  examples: ['2026-11-20T08:12:00.000Z'],
})
const Wording = Type.String({
  minLength: 1,
  maxLength: 10_000,
  description: 'The words that the person had before them.',
  examples: ['I agree to receive the newsletter of Atelier Ada by email, about once a month.'],
})
const TextVersion = Line({
  minLength: 1,
  maxLength: 50,
  description: 'Version of the wording.',
  examples: ['2026-11'],
})
const Ip = Type.String({
  maxLength: 45,
  description: 'Address the person acted from.',
  examples: ['192.0.2.44'],
})
const Url = Type.String({
  format: 'uri',
  maxLength: 2000,
  description: 'Page the person acted on.',
  examples: ['https://example.com/newsletter'],
})

export const Evidence = Closed(
  {
    source: Source,
    collectedAt: CollectedAt,
    text: Type.Optional(Wording),
    textVersion: Type.Optional(TextVersion),
    ip: Type.Optional(Ip),
    url: Type.Optional(Url),
  },
  {
    $id: 'Evidence',
    description:
      'The proof (GDPR art. 7(1)). `text` and `textVersion` are required when consent is granted; saying no needs neither.',
  },
)

export const StoredEvidence = Type.Object(
  {
    source: Source,
    collectedAt: Timestamp,
    text: Nullable(Wording),
    textVersion: Nullable(TextVersion),
    ip: Nullable(Ip),
    url: Nullable(Url),
  },
  {
    $id: 'StoredEvidence',
    description:
      'The proof, as it stands in the ledger. Without `contacts:reveal`, `text`, `ip` and `url` come masked.',
  },
)

const State = OneOf(['granted', 'pending', 'withdrawn', 'refused', 'lapsed'], {
  description:
    '`pending`: granted, and waiting for the confirmation that double opt-in asks for. `lapsed`: it was granted for an address that is not the contact’s any more; it permits nothing until the person agrees again.',
})

export const Consent = Type.Object(
  {
    purpose: PurposeKey,
    channel: Channel,
    state: State,
    changedAt: Timestamp,
    evidence: Nullable(StoredEvidence),
  },
  { $id: 'Consent', description: 'What a contact agreed to, per purpose and channel, and the proof of it.' },
)

const Hash = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256, in hexadecimal.',
  examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
})

export const ConsentEvent = Type.Object(
  {
    id: Id,
    sequence: Type.Integer({ minimum: 1, description: 'Place in the chain of the contact.', examples: [1] }),
    purpose: Type.String({
      description:
        'Key of the purpose; or `tracking`, `restriction`, `objection.marketing`, `objection.profiling`, where `granted` means in force and `withdrawn` lifted.',
      examples: ['newsletter'],
    }),
    channel: Nullable(Channel),
    state: State,
    evidence: StoredEvidence,
    actor: Type.Object({
      type: OneOf(['user', 'api_key', 'operator', 'contact', 'system']),
      id: Nullable(Id),
    }),
    recordedAt: Timestamp,
    addressMark: Nullable(
      Type.String({
        pattern: '^[0-9a-f]{16}$',
        description:
          'What tells which address it was said for: the first 64 bits of SHA-256 over contact id, a space and the address. Null where the line is not about an address, and without `contacts:reveal`.',
        examples: ['9f86d081884c7d65'],
      }),
    ),
    previousHash: Nullable(Hash),
    hash: Hash,
  },
  { $id: 'ConsentEvent', description: 'One immutable line of the consent ledger.' },
)

const Break = Type.Object(
  {
    contactId: Nullable(
      Type.String({
        format: 'uuid',
        description:
          'Whose line it is. null for a line that is gone, of which only its id is left, and for a seal.',
        examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
      }),
    ),
    sequence: Nullable(
      Type.Integer({ minimum: 0, description: 'Line where the chain of the contact breaks.', examples: [2] }),
    ),
    lineId: Nullable(
      Type.String({
        format: 'uuid',
        description:
          'Id of a line that is not as it was sealed. It bears the time at which the line was recorded.',
        examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
      }),
    ),
    seal: Nullable(Type.Integer({ minimum: 1, description: 'Number of the seal.', examples: [7] })),
    problem: OneOf(
      [
        'line_changed',
        'line_missing',
        'tail_missing',
        'line_foreign',
        'state_changed',
        'line_removed',
        'line_inserted',
        'seal_changed',
        'seal_missing',
        'head_missing',
        'head_changed',
      ],
      {
        description: [
          '`line_changed`: its content is not what was hashed, or not what was sealed. `line_missing`: the line before it is gone or was replaced.',
          '`tail_missing`: the last lines are gone. `line_foreign`: added without the state that goes with it. `state_changed`: the state is not what the last line says.',
          '`line_removed`: a sealed line is gone, and no erasure took it. `line_inserted`: it was put in among sealed lines. `seal_changed`: a seal is not what the platform wrote.',
          headProblems,
        ].join(' '),
      },
    ),
  },
  { $id: 'LedgerBreak', description: 'The first place where the ledger was tampered with.' },
)

const verdict = {
  verified: Type.Boolean({ description: 'Whether every line is as it was written.', examples: [true] }),
  firstBreak: Nullable(Break),
}

export const LedgerIntegrity = Type.Object(
  {
    ...verdict,
    lines: Type.Integer({ minimum: 0, description: 'Lines verified.', examples: [128_000] }),
    contacts: Type.Integer({ minimum: 0, description: 'Contacts with a chain.', examples: [96_000] }),
    sealed: Type.Integer({
      minimum: 0,
      description:
        'Lines among them that are under a seal and hold, up to the first break. Later ones are sealed some minutes after they were recorded; until then only the chain of the contact speaks for them.',
      examples: [127_990],
    }),
    erased: Type.Integer({
      minimum: 0,
      description: 'Lines that were sealed, and went with the erasure of their contact.',
      examples: [310],
    }),
    head: Nullable(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description:
          'Hash of the last seal. Who notes it down elsewhere can tell later that the seals up to it are still the same.',
        examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
      }),
    ),
    sealedAt: Nullable(Timestamp),
    checkedAt: Timestamp,
  },
  { $id: 'LedgerIntegrity' },
)

const params = Type.Object({ contactId: Id })

export const consents = resource(
  'consents',
  {
    title: 'Consents',
    description: 'What each contact agreed to, with proof, in an append-only ledger chained by hash.',
  },
  {
    list: operation({
      method: 'GET',
      path: '/v1/contacts/{contactId}/consents',
      summary: "List a contact's consents",
      description: 'The current state per purpose and channel, last changed first.',
      access: 'consents:read',
      params,
      query: Type.Object(pageQuery),
      responses: { 200: Page(Consent) },
      errors: ['not_found', 'invalid_cursor'],
    }),
    record: operation({
      method: 'POST',
      path: '/v1/contacts/{contactId}/consents',
      summary: 'Record what a contact agreed to or refused',
      description:
        'Adds a line to the ledger. A grant becomes `pending` where double opt-in applies, and a mail asks the person to confirm within seven days, unless the grant is older than 30 days: within the hour one mail per contact and purpose is enough, and three a day. It leaves from the sender last used for the purpose, at a verified domain. Withdrawing is always accepted. The same proof sent twice adds nothing. A grant counts for the address that the contact has; one collected before that address was theirs is refused, unless it comes together with the address (`contacts.upsertByEmail` and its like).',
      access: 'consents:write',
      trialLimit: 5_000,
      params,
      body: Closed({
        purpose: PurposeKey,
        channel: Channel,
        state: OneOf(['granted', 'withdrawn', 'refused']),
        evidence: Evidence,
      }),
      responses: { 201: Consent },
      errors: ['not_found', 'invalid'],
    }),
    history: operation({
      method: 'GET',
      path: '/v1/contacts/{contactId}/consents/history',
      summary: "Read a contact's consent ledger",
      description:
        'Every line, newest first, with its hash, and whether the chain verifies, and each line with its seal. A hash is SHA-256 over the UTF-8 bytes of: previous hash, account id, contact id, id, sequence, channel, state, collected at and recorded at (milliseconds since 1970), actor id, `@` and the address mark (this one only where there is one), the lengths in bytes of purpose, source, text, text version, ip, url and actor type, all followed by a comma and empty when null; then those seven texts, one after the other.',
      access: 'consents:read',
      params,
      query: Type.Object(pageQuery),
      responses: {
        200: Type.Object({
          ...Page(ConsentEvent).properties,
          integrity: Type.Object(verdict, { description: 'Of the whole chain, not of this page.' }),
        }),
      },
      errors: ['not_found', 'invalid_cursor'],
    }),
    integrity: operation({
      method: 'GET',
      path: '/v1/consents/integrity',
      cost: 'expensive',
      summary: 'Verify the consent ledger',
      description: [
        'Recomputes every hash of the account, follows every chain to its end, compares every line with its seal, and names the first that does not hold.',
        'The seals are keyed: who can write to the database alone cannot rewrite or remove a line, a chain or the whole ledger unseen, once it is sealed.',
        'What erasures took is told by what each leaves of a line: a keyed mark, and nothing of whom.',
      ].join(' '),
      access: 'consents:read',
      responses: { 200: LedgerIntegrity },
    }),
  },
)
