import type { Permission } from './permissions.ts'

/**
 * Changes that lower a protection, by operation and place in its body, with the right that each of them needs besides that of the
 * operation: whoever may not see what is protected, or not govern it, does not take the protection away.
 */
export const lowering = {
  'fields.update': { '/specialCategory': 'contacts:reveal', '/purpose': 'contacts:reveal' },
  'account.update': {
    '/security/allowedIps': 'users:manage',
    '/security/allowedOrigins': 'api-keys:manage',
    '/security/requireTotp': 'users:manage',
    '/security/notifyLogins': 'users:manage',
    '/retention/default': 'contacts:delete',
    '/retention/audit': 'audit:read',
  },
  'purposes.update': {
    '/legalBasis': 'consents:write',
    '/eprivacyGround': 'consents:write',
    '/channels': 'consents:write',
    '/doubleOptIn': 'consents:write',
    '/retention': 'contacts:delete',
  },
} as const satisfies Record<string, Record<string, Permission>>

export type Lowering = typeof lowering

const person = 'what is known of one person, who may see it changed; consents follow the address'
const named = 'a name'
const approved = 'counts once somebody with `campaigns:send` has approved it, and is frozen then'
const content = 'reaches people by campaigns, which are approved as they are'
const ownRight = 'the operation itself needs the right to what it ends'

/**
 * Of all other changes, by operation and place in its body, why they lower no protection. Of what takes something away, the place is
 * empty: all of it. A test finds what is in neither table.
 */
export const loweringNone: Record<string, Record<string, string>> = {
  'account.update': {
    '/name': named,
    '/locale': 'a language',
    '/timezone': 'how times are shown',
    '/legal/company': 'verified anew when it changes',
    '/legal/country': 'verified anew when it changes',
    '/legal/address': 'verified anew when it changes',
    '/legal/registration': 'verified anew when it changes',
    '/dpo/name': 'whom people may write to: told, protects by itself nothing',
    '/dpo/email': 'whom people may write to: told, protects by itself nothing',
    '/dpo/phone': 'whom people may write to: told, protects by itself nothing',
  },
  'accountClosure.cancel': { '': 'the account goes on as it was' },
  'apiKeys.delete': { '': 'takes rights away' },
  'campaigns.delete': { '': 'only drafts' },
  'campaigns.update': {
    '/name': named,
    '/purpose': approved,
    '/segment': approved,
    '/lists': approved,
    '/sender': approved,
    '/template': approved,
    '/content/subject': approved,
    '/content/mjml': approved,
    '/content/html': approved,
    '/content/text': approved,
    '/tracking/opens': approved,
    '/tracking/clicks': approved,
    '/tracking/mode': 'individual tracking asks each contact’s own permission besides',
    '/throttle': approved,
  },
  'contacts.delete': { '': 'refusals outlive an erasure' },
  'contacts.update': all(person, 'email phone externalId firstName lastName locale timezone attributes'),
  'contacts.upsertByEmail': {
    ...all(person, 'phone externalId firstName lastName locale timezone attributes'),
    '/origin': 'where the data is from',
    '/consents': '`consents:write` is needed besides',
  },
  'contacts.upsertByExternalId': {
    ...all(person, 'email phone firstName lastName locale timezone attributes'),
    '/origin': 'where the data is from',
    '/consents': '`consents:write` is needed besides',
  },
  'fields.delete': { '': 'only without values' },
  'fields.update': { '/label': named, '/choices': 'which values are new ones' },
  'imports.upload': { '': 'rows are checked as contacts are' },
  'lists.delete': { '': 'protects nobody' },
  'lists.removeMembers': all('a list protects nobody', 'contactIds emails'),
  'lists.update': { '/name': named },
  'objections.delete': { '': ownRight },
  'passkeys.delete': { '/password': 'proves who asks; a required second factor stays required' },
  'purposes.delete': { '': 'only while nothing refers to it' },
  'purposes.update': {
    '/name': named,
    '/description': 'what people read',
    '/policyText': 'another text needs another version; proofs keep the one that was shown',
    '/policyVersion': 'proofs keep the one that was shown',
    '/assessment': 'refused to go while the legal basis asks for it',
  },
  'restriction.delete': { '': ownRight },
  'segments.delete': { '': 'protects nobody' },
  'segments.update': { '/name': named, '/rule': approved },
  'senderDomains.delete': { '': 'nothing is sent from it any more' },
  'senders.delete': { '': 'nothing is sent from it any more' },
  'senders.update': all('`campaigns:send` is needed besides', 'name replyTo'),
  'sessions.delete': { '': 'takes rights away' },
  'suppressions.delete': { '': ownRight },
  'templates.delete': { '': 'protects nobody' },
  'templates.update': { '/name': named, ...all(content, 'subject mjml html text') },
  'totp.disable': { '/totp': 'proves who asks; a required second factor stays required' },
  'totp.reset': { '': ownRight },
  'tracking.delete': { '': 'withdraws a permission' },
  'users.delete': { '': 'takes rights away' },
  'users.update': {
    '/firstName': named,
    '/lastName': named,
    '/role': 'nobody gives rights that they do not have',
    '/permissions': 'nobody gives rights that they do not have',
  },
  'users.updateMe': { '/firstName': named, '/lastName': named },
}

function all(reason: string, members: string): Record<string, string> {
  return Object.fromEntries(members.split(' ').map((member) => [`/${member}`, reason]))
}

/** In words, for the description of an operation. */
export function loweringNote(operationId: string): string {
  const rights = Object.entries((lowering as Record<string, Record<string, string>>)[operationId] ?? {})
  if (rights.length === 0) return ''
  const each = rights.map(([pointer, right]) => `\`${pointer.slice(1).replaceAll('/', '.')}\` \`${right}\``)
  return ` To lower a protection you need the right to what it protects: ${each.join(', ')}.`
}
