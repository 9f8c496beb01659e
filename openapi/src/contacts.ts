import { Type } from '@sinclair/typebox'
import { Evidence } from './consents.ts'
import { Erasure, erasureReasons } from './erasures.ts'
import { exampleOf } from './example-of.ts'
import { operation, resource } from './operation.ts'
import { PurposeKey } from './purposes.ts'
import {
  Channel,
  Closed,
  Email,
  Id,
  Locale,
  Nullable,
  OneOf,
  Page,
  pageQuery,
  Timestamp,
  Timezone,
} from './schemas.ts'

export const Origin = Type.Object(
  {
    source: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Where the data was collected (GDPR art. 14(2)(f)).',
      examples: ['newsletter form'],
    }),
    detail: Type.Optional(
      Nullable(Type.String({ maxLength: 1000, examples: ['https://example.com/newsletter'] })),
    ),
    collectedAt: Type.Optional(Nullable(Timestamp)),
  },
  {
    $id: 'Origin',
    additionalProperties: false,
    description:
      "Where and when a contact's data was first collected. Set when the contact is created, and kept: later changes leave it as it is.",
  },
)

const text = (maxLength: number, example: string) => Nullable(Type.String({ maxLength, examples: [example] }))

const Attributes = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
  description: 'Values of declared fields, by their key.',
  examples: [{ country: 'FR' }],
})

export const Contact = Type.Object(
  {
    id: Id,
    email: Nullable(Email),
    phone: text(20, '+33612345678'),
    externalId: text(200, 'crm-4711'),
    firstName: text(100, 'Ada'),
    lastName: text(100, 'Lovelace'),
    locale: Nullable(Locale),
    timezone: Nullable(Timezone),
    attributes: Attributes,
    origin: Origin,
    tracking: OneOf(['unknown', 'granted', 'refused', 'withdrawn'], {
      description: 'Consent to individual tracking of opens and clicks.',
    }),
    restricted: Type.Boolean({ description: 'Processing is restricted (GDPR art. 18).', examples: [false] }),
    objections: Type.Array(OneOf(['marketing', 'profiling']), {
      description: 'Objections (GDPR art. 21).',
      examples: [[]],
    }),
    lists: Type.Array(Id, { description: 'Lists it is a member of.', examples: [[]] }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    lastEngagedAt: Nullable(Timestamp),
  },
  { $id: 'Contact' },
)

/**
 * An address as a client writes it. No `format` here: an internationalised domain is welcome, and the domain's own
 * normalisation says precisely what is wrong with the others.
 */
const EmailInput = Type.String({
  maxLength: 320,
  description:
    'An email address (RFC 5321). It is kept normalised: in lower case, an internationalised domain as ASCII.',
  examples: ['ada@example.com'],
})

/** What a client may write of a contact. */
const writable = {
  email: Type.Optional(Nullable(EmailInput)),
  phone: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 40,
        description:
          "A phone number. Kept in E.164; a national number is read as one of the account's country.",
        examples: ['+33612345678'],
      }),
    ),
  ),
  externalId: Type.Optional(
    Nullable(
      Type.String({ maxLength: 200, description: 'Your own id of the contact.', examples: ['crm-4711'] }),
    ),
  ),
  firstName: Type.Optional(text(100, 'Ada')),
  lastName: Type.Optional(text(100, 'Lovelace')),
  locale: Type.Optional(
    Nullable(Type.String({ maxLength: 35, description: 'BCP 47 language tag.', examples: ['fr-FR'] })),
  ),
  timezone: Type.Optional(Nullable(Timezone)),
  attributes: Type.Optional(
    Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
      maxProperties: 500,
      description: 'Values of declared fields, by their key; merged key by key, null clears one.',
      examples: [{ country: 'FR' }],
    }),
  ),
}

const ContactConsent = Closed(
  {
    purpose: PurposeKey,
    channel: Channel,
    state: OneOf(['granted', 'withdrawn', 'refused'], {
      description: '`granted` becomes `pending` where double opt-in applies.',
    }),
    evidence: Evidence,
  },
  { $id: 'ContactConsent', description: 'What the person agreed to or refused, with the proof of it.' },
)

/** What is written beside the contact, when it is created or found. */
const beside = {
  origin: Type.Optional(Origin),
  consents: Type.Optional(
    Type.Array(ContactConsent, {
      maxItems: 20,
      description:
        'Consents to record with the contact, as `consents.record` does; needs `consents:write` as well. Given together with a new `email` or `phone`, they count for it. Who was erased on request comes back only with a consent granted since.',
    }),
  ),
}

const { email: _email, ...writableByEmail } = writable
const { externalId: _externalId, ...writableByExternalId } = writable

export const ContactInput = Closed(
  { ...writable, ...beside },
  { $id: 'ContactInput', description: 'At least one of `email`, `phone` and `externalId` is required.' },
)

const params = Type.Object({ contactId: Id })
const refusals = ['invalid', 'conflict', 'contact_erased', 'instruction_may_infringe'] as const

const BatchResult = Type.Object(
  {
    index: Type.Integer({
      minimum: 0,
      description: 'Position of the item in the request, from 0.',
      examples: [0],
    }),
    status: OneOf(['created', 'updated', 'unchanged', 'skipped', 'rejected'], {
      description:
        'What became of the contact itself; of one that is `skipped` no consent is recorded either.',
    }),
    id: Nullable(Id),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String({ description: 'Stable, for programs.', examples: ['invalid_email'] }),
          pointer: Type.String({ examples: ['/contacts/0/email'] }),
          detail: Type.String({ examples: ['must be an email address'] }),
        }),
        {
          description:
            'Why it was rejected; or, of one that was written, which of its consents were not recorded (`consent_outdated`: the person has said no since).',
          examples: [[]],
        },
      ),
    ),
  },
  { $id: 'ContactBatchResult' },
)

const Section = (description: string, example: Record<string, unknown>) =>
  Type.Record(Type.String(), Type.Unknown(), { description, examples: [example] })

const ContactExport = Type.Object(
  {
    exportedAt: Timestamp,
    controller: Section('Who answers for the data, and their data protection officer.', {
      name: 'Atelier Ada',
    }),
    contact: Section('Who the person is.', { email: 'ada@example.com', firstName: 'Ada' }),
    origin: Section('Where the data came from.', { source: 'newsletter form' }),
    consents: Type.Array(Section('A consent as it is now.', { purpose: 'newsletter', state: 'granted' })),
    purposes: Type.Array(
      Section('What the data is processed for.', { key: 'newsletter', legalBasis: 'consent' }),
    ),
    rights: Type.Array(
      Section('What the person may ask for.', { right: 'erasure', article: 'GDPR art. 17' }),
    ),
  },
  {
    $id: 'ContactExport',
    additionalProperties: true,
    description:
      'Sections, each with a name; beside those listed here, all others of which something is held: fields, lists, messages, events.',
  },
)

export const contacts = resource(
  'contacts',
  { title: 'Contacts', description: 'The people an organisation keeps in touch with.' },
  {
    create: operation({
      method: 'POST',
      path: '/v1/contacts',
      summary: 'Create a contact',
      description:
        'At least one of `email`, `phone` and `externalId` is required. Creating a contact does not make it lawful to write to it: record a consent, here or later.',
      access: 'contacts:write',
      trialLimit: 'counted',
      body: ContactInput,
      responses: { 201: Contact },
      errors: [...refusals, 'trial_restricted'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/contacts',
      cost: { expensiveWith: ['segment', 'list', 'updatedSince'] },
      summary: 'List contacts',
      description: 'Newest first. Several filters together must all hold.',
      access: 'contacts:read',
      query: Type.Object({
        ...pageQuery,
        email: Type.Optional(EmailInput),
        externalId: Type.Optional(
          Type.String({ maxLength: 200, description: 'Your own id of the contact.', examples: ['crm-4711'] }),
        ),
        list: Type.Optional(Id),
        segment: Type.Optional(Id),
        updatedSince: Type.Optional(Timestamp),
      }),
      responses: { 200: Page(Contact) },
      errors: ['invalid_cursor', 'not_found', 'invalid'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/contacts/{contactId}',
      cost: 'light',
      summary: 'Read a contact',
      description:
        'Without `contacts:reveal`, what tells who the person is comes masked, here and wherever contacts are shown: email, phone, names, external id, attributes of type text and URL, the detail of the origin.',
      access: 'contacts:read',
      params,
      responses: { 200: Contact },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/contacts/{contactId}',
      summary: 'Change a contact',
      description:
        'A JSON merge patch (RFC 7396): fields left out stay as they are, null clears. A consent goes with the address it was given for: with another `email` or `phone`, what was granted for the former becomes `lapsed`, and the consent to tracking with the email; what was refused or withdrawn stays.',
      access: 'contacts:write',
      params,
      body: Closed(writable),
      responses: { 200: Contact },
      errors: ['not_found', ...refusals, 'precondition_failed'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/contacts/{contactId}',
      summary: 'Erase a contact',
      description:
        'The contact is gone at once, with its consents, messages and memberships; what else is held about the person follows within moments, and `Location` leads to the receipt. With `request` (GDPR art. 17) a keyed fingerprint stays, so that the address cannot come back by a later import or call; with `cleanup` none does. What the person had refused stays refused in either case, as suppressions that know the address by its fingerprint.',
      access: 'contacts:delete',
      whileClosing: true,
      params,
      query: Type.Object({
        reason: Type.Optional(
          OneOf(erasureReasons, {
            default: 'request',
            description:
              '`request`: the person asked for it, and must not be resurrected. `cleanup`: you no longer need the data.',
          }),
        ),
      }),
      responses: { 202: Erasure },
      errors: ['not_found'],
    }),
    export: operation({
      method: 'GET',
      path: '/v1/contacts/{contactId}/export',
      cost: 'expensive',
      summary: 'Export everything held about a contact (GDPR art. 15)',
      description:
        'What the person may ask for: the data, where it came from, the purposes with their legal basis and retention, the recipients, the consents with their proof, and the rights. In JSON, or in CSV with one line for each value. The export is on record in the audit log. Without `contacts:reveal` it is masked as the contact and its consents are.',
      access: 'contacts:export',
      params,
      query: Type.Object({
        format: Type.Optional(
          OneOf(['json', 'csv'], { description: 'Decides; without it, the `Accept` header does.' }),
        ),
      }),
      responses: {
        200: {
          file: {
            'application/json': { schema: ContactExport, example: exampleOf(ContactExport) },
            'text/csv': { example: 'section,item,name,value\ncontact,1,email,ada@example.com\n' },
          },
          description: 'Everything held about the person.',
        },
      },
      errors: ['not_found'],
    }),
    upsertByExternalId: operation({
      method: 'PUT',
      path: '/v1/contacts/by-external-id/{externalId}',
      summary: 'Create or change the contact with an external id',
      description:
        '201 when it was created, 200 when it existed; fields left out stay as they are. Another `email` or `phone` than before ends what was granted for it, as `contacts.update` says; `consents` in the same request count for the new one.',
      access: 'contacts:write',
      trialLimit: 5_000,
      params: Type.Object({
        externalId: Type.String({
          minLength: 1,
          maxLength: 200,
          description: 'Your own id of the contact.',
          examples: ['crm-4711'],
        }),
      }),
      body: Closed({ ...writableByExternalId, ...beside }),
      responses: { 200: Contact, 201: Contact },
      errors: [...refusals, 'trial_restricted'],
    }),
    upsertByEmail: operation({
      method: 'PUT',
      path: '/v1/contacts/by-email/{email}',
      summary: 'Create or change the contact with an email address',
      description: '201 when it was created, 200 when it existed; fields left out stay as they are.',
      access: 'contacts:write',
      trialLimit: 5_000,
      params: Type.Object({ email: EmailInput }),
      body: Closed({ ...writableByEmail, ...beside }),
      responses: { 200: Contact, 201: Contact },
      errors: [...refusals, 'trial_restricted'],
    }),
    batch: operation({
      method: 'POST',
      path: '/v1/contacts/batch',
      summary: 'Create or change up to 5,000 contacts',
      description:
        'An item is the contact with its `externalId`, else the one with its `email`; an item with neither, the one with its `phone`. Items are taken in order: a later one sees what an earlier one did. One result per item, in order; a bad item does not stop the others.',
      access: 'contacts:write',
      trialLimit: 500,
      body: Closed({
        contacts: Type.Array(ContactInput, { minItems: 1, maxItems: 5000 }),
        onConflict: OneOf(['update', 'skip'], { description: 'What to do with a contact that exists.' }),
      }),
      bodyLimit: 16 * 1024 * 1024,
      responses: { 200: Type.Object({ results: Type.Array(BatchResult) }) },
      errors: ['payload_too_large', 'trial_restricted'],
    }),
  },
)
