import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'

const Record = Type.Object({
  purpose: OneOf(['dkim', 'spf', 'dmarc'], { description: 'What the record is for.' }),
  type: OneOf(['TXT']),
  name: Type.String({
    description: 'Where to publish it.',
    examples: ['envoi-8d3k0v2p._domainkey.example.com'],
  }),
  value: Type.String({ description: 'What to publish.', examples: ['v=DKIM1; k=rsa; p=MIIBIjANBg…'] }),
  status: OneOf(['missing', 'wrong', 'found', 'unknown', 'unchecked'], {
    description:
      'What the last check by DNS saw. `unknown`: no name server answered, which says nothing about the record; verify again later.',
  }),
})

export const SenderDomain = Type.Object(
  {
    id: Id,
    domain: Type.String({ examples: ['example.com'] }),
    status: OneOf(['pending', 'verified', 'failed']),
    verifiedBy: Nullable(OneOf(['dns', 'operator'], { description: 'Who said that it is verified.' })),
    verifiedAt: Nullable(Timestamp),
    records: Type.Array(Record, { description: 'DNS records to publish, and what was seen of them.' }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { $id: 'SenderDomain' },
)

const params = Type.Object({ senderDomainId: Id })

export const senderDomains = resource(
  'senderDomains',
  { title: 'Sender domains', description: 'Domains that messages are sent from, with their DKIM keys.' },
  {
    create: operation({
      method: 'POST',
      path: '/v1/sender-domains',
      summary: 'Add a sender domain',
      description:
        'Makes an RSA-2048 DKIM key (RFC 6376), kept sealed, and says which DNS records to publish. A trial account adds 20 in 24 hours at most.',
      access: 'templates:write',
      trialLimit: 'counted',
      body: Closed({ domain: Type.String({ minLength: 1, maxLength: 253, examples: ['example.com'] }) }),
      responses: { 201: SenderDomain },
      errors: ['invalid', 'conflict', 'trial_restricted'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/sender-domains',
      summary: 'List sender domains',
      description: 'Newest first.',
      access: 'templates:read',
      query: Type.Object(pageQuery),
      responses: { 200: Page(SenderDomain) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/sender-domains/{senderDomainId}',
      summary: 'Read a sender domain',
      description: 'With the DNS records to publish and what the last check saw of them.',
      access: 'templates:read',
      params,
      responses: { 200: SenderDomain },
      errors: ['not_found'],
    }),
    verify: operation({
      method: 'POST',
      path: '/v1/sender-domains/{senderDomainId}/verify',
      summary: 'Check the DNS records of a sender domain',
      description:
        'Looks the records up now. The domain is `verified` when its DKIM key is found as published here.',
      access: 'templates:write',
      trialLimit: 100,
      params,
      responses: { 200: SenderDomain },
      errors: ['not_found'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/sender-domains/{senderDomainId}',
      summary: 'Delete a sender domain',
      description: 'Refused while a sender uses it. Its DKIM key is destroyed.',
      access: 'templates:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'in_use'],
    }),
  },
)
