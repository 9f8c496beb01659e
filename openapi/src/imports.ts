import { Type } from '@sinclair/typebox'
import { Evidence } from './consents.ts'
import { Origin } from './contacts.ts'
import { operation, resource } from './operation.ts'
import { PurposeKey } from './purposes.ts'
import { Channel, Closed, Id, Nullable, OneOf, Page, Progress, pageQuery, Timestamp } from './schemas.ts'

/** Largest file of an import, as it is sent: compressed if it is. */
export const importFileLimit = 5 * 1024 ** 3

const targets =
  '^(ignore|email|phone|externalId|firstName|lastName|locale|timezone|attributes\\..{1,64}|consents\\..{1,64}\\.(email|sms)\\.(state|collectedAt|source|text|textVersion|ip|url))$'

// not a `Type.Record`: the pattern it makes for the keys lets those with a line feed pass unseen, and headers have some
const Columns = Type.Unsafe<Record<string, string>>({
  type: 'object',
  propertyNames: { minLength: 1, maxLength: 200 },
  additionalProperties: Type.String({ pattern: targets, maxLength: 160, examples: ['email'] }),
  minProperties: 1,
  maxProperties: 500,
  description: [
    'Where each column goes, by its header (or, for NDJSON, its key): `email`, `phone`, `externalId`, `firstName`, `lastName`,',
    '`locale`, `timezone`, `attributes.<key of a declared field>`, `ignore`, or a part of the evidence of a consent listed in',
    '`consents`: `consents.<purpose>.<channel>.<state | collectedAt | source | text | textVersion | ip | url>`.',
    'Every column of the file must be here, so that none is lost by a typing mistake; `"*": "ignore"` covers those that are not named.',
    'At least one of `email`, `phone` and `externalId` is required.',
  ].join(' '),
  examples: [{ 'Email Address': 'email', 'First Name': 'firstName', COUNTRY: 'attributes.country' }],
})

const { source, collectedAt, text, textVersion, ip, url } = Evidence.properties

const FileEvidence = Closed(
  {
    source: Type.Optional(source),
    collectedAt: Type.Optional(collectedAt),
    text,
    textVersion,
    ip,
    url,
  },
  {
    description:
      'Proof that holds for every row (GDPR art. 7(1)). A mapped column takes precedence in rows where it has a value.',
  },
)

const ImportConsent = Closed(
  {
    purpose: PurposeKey,
    channel: Channel,
    state: Type.Optional(
      OneOf(['granted', 'withdrawn', 'refused'], {
        description:
          'Required unless a column is mapped to it; a row without any state records no consent for this purpose and channel.',
      }),
    ),
    evidence: FileEvidence,
  },
  {
    $id: 'ImportConsent',
    description: [
      'A consent recorded for the contacts of the file. `source` and `collectedAt` are required, and for what is granted `text` and',
      '`textVersion`, here or in a mapped column: a row without them is rejected. A consent that was withdrawn or refused becomes granted',
      'again only if the evidence is later. A row that gives a contact another address ends what was granted for the former one; consents of',
      'the same row count for the new. Where double opt-in applies, what is granted by email becomes `pending` unless `source` begins',
      'with `double opt-in`; who agreed within the last 30 days is sent a mail that asks for their confirmation, who agreed before that is not.',
    ].join(' '),
  },
)

const settings = {
  format: OneOf(['csv', 'ndjson']),
  columns: Columns,
  onConflict: OneOf(['update', 'skip'], {
    description:
      'What to do with a contact that exists. `update` changes what the row has a value for and leaves the rest; `skip` leaves all as it is, consents and lists too.',
  }),
  origin: Origin,
}

export const Import = Type.Object(
  {
    id: Id,
    status: OneOf(['awaiting_file', 'queued', 'running', 'completed', 'failed', 'cancelled']),
    ...settings,
    delimiter: Nullable(Type.String({ examples: [','] })),
    encoding: Nullable(Type.String({ examples: ['utf-8'] })),
    consents: Type.Array(ImportConsent),
    lists: Type.Array(Id),
    dryRun: Type.Boolean({ examples: [false] }),
    progress: Progress,
    counts: Type.Object(
      {
        created: Type.Integer({ minimum: 0, examples: [4711] }),
        updated: Type.Integer({ minimum: 0, examples: [200] }),
        unchanged: Type.Integer({ minimum: 0, examples: [50] }),
        skipped: Type.Integer({ minimum: 0, examples: [0] }),
        rejected: Type.Integer({ minimum: 0, examples: [39] }),
      },
      {
        description:
          'When the import has completed, their sum is the number of rows in the file. Of a dry run, whoever lacks `contacts:reveal` sees `unchanged` counted as `updated`: what changes nothing would else tell whether a value is right.',
      },
    ),
    outdatedConsents: Type.Integer({
      minimum: 0,
      description:
        'Consents of the file that were not recorded, because the person has said no after they were given. Their rows count among the others.',
      examples: [0],
    }),
    failure: Nullable(
      Type.Object(
        {
          code: Type.String({ examples: ['column_missing'] }),
          detail: Type.String({ examples: ['the header on line 1 has no column “Email Address”'] }),
          line: Nullable(Type.Integer({ examples: [1] })),
        },
        {
          description:
            'Why the import ended, when `status` is `failed`: the file could not be read as a whole, most of its rows cannot be read and there are more than 1,000 such rows (`rows_unreadable`; often the delimiter or a quote), (`trial_restricted`) it has more than 1,000 rows or the account would hold more than 1,000 contacts, or create more than 2,000 in 24 hours, while in trial, or (`import_failed`) the platform failed again and again.',
        },
      ),
    ),
    createdAt: Timestamp,
    startedAt: Nullable(Timestamp),
    finishedAt: Nullable(Timestamp),
  },
  { $id: 'Import' },
)

const params = Type.Object({ importId: Id })
const about = [
  'Create an import, send its file to `uploadUrl`, then read it until its status is `completed`.',
  'A row is about the contact that has its `externalId`, else its `email`; a row with neither, about the one that has its `phone`.',
  'An empty cell leaves what is known as it is. Of several lines about one contact the last one counts, and the others are rejected',
  'with `duplicate_in_file`. An import can be repeated: what is already there is `unchanged`.',
].join(' ')

export const imports = resource(
  'imports',
  { title: 'Imports', description: `Files of contacts, of any size. ${about}` },
  {
    create: operation({
      method: 'POST',
      path: '/v1/imports',
      summary: 'Create an import',
      description: `${about} Recording consents needs \`consents:write\` as well.`,
      access: 'contacts:import',
      trialLimit: 50,
      body: Closed({
        ...settings,
        delimiter: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 1,
            pattern: '^[^"\\r\\n]$',
            description: 'Guessed among `,` `;` `|` and the tabulator when left out.',
            examples: [';'],
          }),
        ),
        encoding: Type.Optional(
          OneOf(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1', 'iso-8859-15'], {
            description: 'Detected when left out. A byte order mark in the file has the last word.',
          }),
        ),
        consents: Type.Optional(Type.Array(ImportConsent, { maxItems: 20 })),
        lists: Type.Optional(
          Type.Array(Id, {
            maxItems: 20,
            uniqueItems: true,
            description: 'Lists its contacts become members of.',
          }),
        ),
        dryRun: Type.Optional(
          Type.Boolean({
            default: false,
            description: 'Reads, checks and counts as if, and writes nothing but the errors.',
            examples: [false],
          }),
        ),
      }),
      responses: {
        201: Type.Object(
          {
            ...Import.properties,
            uploadUrl: Type.String({
              description: 'Where to PUT the file.',
              examples: ['https://api.envoi.example/v1/imports/0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d/file'],
            }),
          },
          { $id: 'CreatedImport' },
        ),
      },
      errors: ['invalid'],
    }),
    upload: operation({
      method: 'PUT',
      path: '/v1/imports/{importId}/file',
      summary: "Send an import's file",
      description: [
        'The body is the file itself, of up to 5 GiB, streamed; compressed with `Content-Encoding: gzip` or as `application/gzip` if you like.',
        'The import starts when all of it has arrived: an upload that breaks off leaves nothing, and can be sent again.',
        'The file is deleted as soon as the import has ended, and an import that waits for its file for more than a day is cancelled.',
      ].join(' '),
      access: 'contacts:import',
      trialLimit: 50,
      params,
      upload: {
        'text/csv': 'Email Address,First Name\nada@example.com,Ada\n',
        'application/x-ndjson': '{"email":"ada@example.com","firstName":"Ada"}\n',
        'application/octet-stream': null,
        'application/gzip': null,
      },
      bodyLimit: importFileLimit,
      responses: { 202: Import },
      errors: ['not_found', 'import_has_file'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/imports',
      summary: 'List imports',
      description: 'Newest first.',
      access: 'contacts:read',
      query: Type.Object({
        ...pageQuery,
        status: Type.Optional(
          OneOf(['awaiting_file', 'queued', 'running', 'completed', 'failed', 'cancelled'], {
            description: 'Only those with this status.',
          }),
        ),
      }),
      responses: { 200: Page(Import) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/imports/{importId}',
      summary: 'Read an import',
      description:
        'Its status, how far it is, and what became of its rows so far. `progress` counts rows, half of it for having been read; while the file is read, its `total` is an estimate.',
      access: 'contacts:read',
      params,
      responses: { 200: Import },
      errors: ['not_found'],
    }),
    errors: operation({
      method: 'GET',
      path: '/v1/imports/{importId}/errors',
      summary: 'Read the rejected rows',
      description: [
        'CSV with the line of the file where the row begins, a code, what is wrong in words, and the row as it was (its first 2,000',
        'characters; left empty without `contacts:reveal`), in the order of the file. Kept for 30 days after the end of the import; the rows of a person',
        'who is erased go at once.',
      ].join(' '),
      access: 'contacts:import',
      params,
      responses: {
        200: {
          file: {
            'text/csv': {
              example:
                'line,code,detail,row\r\n7,invalid_email,“Email”: the part after @ is not a domain name,"ada@,Ada"\r\n',
            },
          },
          description: 'The rejected rows.',
        },
      },
      errors: ['not_found'],
    }),
    cancel: operation({
      method: 'POST',
      path: '/v1/imports/{importId}/cancel',
      summary: 'Cancel an import',
      description:
        'It stops at the next 10,000 rows, read or written; what it had written by then stays, and `counts` says how much that is. Cancelling twice is no error.',
      access: 'contacts:import',
      trialLimit: 100,
      params,
      responses: { 202: Import },
      errors: ['not_found', 'import_ended'],
    }),
  },
)
