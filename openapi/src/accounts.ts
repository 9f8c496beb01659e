import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Duration } from './purposes.ts'
import { Closed, Email, Id, Locale, Nullable, OneOf, PlainName, Timestamp, Timezone } from './schemas.ts'
import { GeneratedPassword, NewPassword, PersonName, User } from './users.ts'

export const accountStatuses = [
  'trial',
  'active',
  'refused',
  'suspended',
  'closing',
  'archived',
  'destroyed',
] as const

const Name = PlainName({ minLength: 1, maxLength: 200, examples: ['Atelier Ada'] })

const Company = PlainName({ maxLength: 200, description: 'Legal name.', examples: ['Atelier Ada SAS'] })
const Address = Type.String({ maxLength: 500, examples: ['1 rue de la Paix, 75002 Paris'] })
const Country = Type.String({
  pattern: '^[A-Z]{2}$',
  description: 'Where the company is registered: ISO 3166-1, two letters.',
  examples: ['FR'],
})
const Registration = PlainName({
  maxLength: 100,
  description:
    'Registration number. With `country` `FR` a SIREN or a SIRET, whose check digits must fit; it is kept without spaces. Free elsewhere.',
  examples: ['732829320'],
})
const DpoName = PlainName({ maxLength: 200, examples: ['Camille Martin'] })
const Phone = Type.String({ maxLength: 20, examples: ['+33123456789'] })

const legal = {
  company: Type.Optional(Company),
  country: Type.Optional(Country),
  address: Type.Optional(Address),
  registration: Type.Optional(Registration),
}

const dpo = {
  name: Type.Optional(DpoName),
  email: Type.Optional(Email),
  phone: Type.Optional(Phone),
}

/** As a patch has them: null removes one. */
const legalPatch = {
  company: Type.Optional(Nullable(Company)),
  country: Type.Optional(Nullable(Country)),
  address: Type.Optional(Nullable(Address)),
  registration: Type.Optional(Nullable(Registration)),
}

const dpoPatch = {
  name: Type.Optional(Nullable(DpoName)),
  email: Type.Optional(Nullable(Email)),
  phone: Type.Optional(Nullable(Phone)),
}

const retention = {
  default: Type.String({
    pattern: Duration.pattern,
    description: 'ISO 8601 duration: how long prospects are kept after their last contact.',
    examples: ['P3Y'],
  }),
  audit: Type.String({
    pattern: '^P([6-9]|[12][0-9]|3[0-6])M$',
    description: 'ISO 8601 duration in months, from `P6M` to `P36M`: how long audit events are kept.',
    examples: ['P12M'],
  }),
}

const TermsVersion = Type.String({
  minLength: 1,
  maxLength: 50,
  description: 'Version of the terms that the owner has accepted.',
  examples: ['2026-01'],
})

const security = {
  allowedIps: Type.Optional(
    Type.Array(Type.String({ maxLength: 64, examples: ['203.0.113.0/24'] }), {
      maxItems: 100,
      description: "Addresses and CIDR ranges from which users' sessions are accepted; empty for all.",
    }),
  ),
  allowedOrigins: Type.Optional(
    Type.Array(Type.String({ maxLength: 300, examples: ['https://www.example.com'] }), {
      maxItems: 100,
      uniqueItems: true,
      description: [
        'Origins (scheme, host and port) of web pages that may call the API with credentials of this account from a browser (CORS); empty for none,',
        'which is how it begins. There is no wildcard.',
      ].join(' '),
    }),
  ),
  notifyLogins: Type.Optional(
    Type.Boolean({ description: 'Mail the admins at each login.', examples: [false] }),
  ),
  requireTotp: Type.Optional(
    Type.Boolean({
      description:
        'Users need a second factor. Who has none can log in, to set one up, and do nothing else until then.',
      examples: [false],
    }),
  ),
}

export const Account = Type.Object(
  {
    id: Id,
    name: Name,
    status: OneOf(accountStatuses, {
      description: [
        'In `trial`, it sends only to addresses that its own users have confirmed, within a daily quota, and holds 1,000 contacts at most.',
        '`refused` and `suspended` ones send nothing, and may do no more than export what they hold. `closing`: see the closure. `archived` and',
        '`destroyed` ones are closed.',
      ].join(' '),
    }),
    statusReason: Nullable(
      Type.String({
        description: 'Why the operator refused or suspended it.',
        examples: ['Complaints above 0.3 % for a week.'],
      }),
    ),
    locale: Locale,
    timezone: Timezone,
    legal: Type.Object(legal),
    dpo: Type.Object(dpo),
    security: Type.Object(security),
    retention: Type.Object(retention),
    terms: Type.Object(
      {
        version: TermsVersion,
        acceptedAt: Timestamp,
        address: Nullable(
          Type.String({ description: 'Where from, as it was seen.', examples: ['203.0.113.7'] }),
        ),
      },
      {
        description: 'The terms, as they were accepted when the account was opened: which, when, from where.',
      },
    ),
    quotas: Type.Object({
      dailyMessages: Nullable(
        Type.Integer({ minimum: 0, description: 'Messages a day; null for no limit.', examples: [50] }),
      ),
    }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { $id: 'Account' },
)

export const accounts = resource(
  'accounts',
  { title: 'Accounts', description: 'Opening an account: the customer, which owns everything else.' },
  {
    create: operation({
      method: 'POST',
      path: '/v1/accounts',
      summary: 'Open an account',
      description: [
        'Records the acceptance of the terms (version, time, address) and creates the owner, who is asked by mail to confirm the address. The account starts in `trial`.',
        'When no password is given a strong one is generated, and shown in this answer only. The answer is the same whether or not the address is that of a user already:',
        'who has a login keeps it, is told by mail, and the new account stays without a confirmed owner. Until its address is confirmed, a login gives way to a later opening with the same address.',
        'Openings are limited by network more tightly than other requests.',
      ].join(' '),
      access: 'public',
      body: Closed({
        name: Name,
        locale: Locale,
        timezone: Timezone,
        owner: Closed({
          email: Email,
          firstName: PersonName('Ada'),
          lastName: PersonName('Lovelace'),
          password: Type.Optional(NewPassword),
        }),
        termsVersion: TermsVersion,
      }),
      answersSecret: ['password'],
      responses: {
        201: Type.Object({
          account: Account,
          user: User,
          password: Type.Optional(GeneratedPassword),
        }),
      },
      errors: ['invalid'],
    }),
  },
)

export const account = resource(
  'account',
  { title: 'Account', description: 'The account of the credentials in use.' },
  {
    get: operation({
      method: 'GET',
      path: '/v1/account',
      summary: 'Read the account',
      description: 'The account that the credentials belong to, with its settings and quotas.',
      access: 'account:read',
      responses: { 200: Account },
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/account',
      summary: 'Change the account',
      description:
        'A JSON merge patch (RFC 7396): fields left out stay as they are, and null removes a member of `legal` and `dpo`. With name, country and registration number in `legal`, the step `company` of the verification is passed.',
      access: 'account:write',
      recentProof: ['security'],
      query: Type.Object({
        allowLockout: Type.Optional(
          Type.Boolean({
            description:
              'Takes `security.allowedIps` also when they do not contain the address that the request comes from: the session is then over here.',
            examples: [false],
          }),
        ),
      }),
      body: Closed({
        name: Type.Optional(Name),
        locale: Type.Optional(Locale),
        timezone: Type.Optional(Timezone),
        legal: Type.Optional(Closed(legalPatch)),
        dpo: Type.Optional(Closed(dpoPatch)),
        security: Type.Optional(Closed(security)),
        retention: Type.Optional(Type.Partial(Closed(retention))),
      }),
      responses: { 200: Account },
      errors: ['invalid', 'precondition_failed'],
    }),
  },
)
