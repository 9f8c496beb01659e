/** What a user or an API key may do; `<resource>:<verb>`. A role is a named set of them. */
export const permissions = {
  'account:read': 'Read the account and its settings',
  'account:write': 'Change the account and its settings',
  'users:manage': 'Invite, change and deactivate users',
  'api-keys:manage': 'Create, rotate and revoke API keys',
  'audit:read': 'Read the audit log and verify it',
  'contacts:read': 'Read contacts, lists, segments and fields',
  'contacts:write': 'Create and change contacts, lists, segments and fields',
  'contacts:import': 'Import files of contacts',
  'contacts:export': "Export contacts' data",
  'contacts:delete': 'Erase contacts',
  'contacts:reveal': 'See contacts unmasked: addresses, names, external ids, texts and proofs of consent',
  'consents:read': 'Read purposes, consents and the consent ledger',
  'consents:write': 'Record consents, objections, restrictions and suppressions',
  'purposes:write': 'Declare purposes of processing',
  'templates:read': 'Read templates, senders and sender domains',
  'templates:write': 'Change templates, senders and sender domains',
  'campaigns:read': 'Read campaigns, their messages and reports',
  'campaigns:write': 'Create and change campaigns',
  'campaigns:send': 'Send, pause, resume and cancel campaigns',
} as const

export type Permission = keyof typeof permissions

export const allPermissions = Object.keys(permissions) as [Permission, ...Permission[]]

const reads = allPermissions.filter((name) => name.endsWith(':read'))

export const roles = {
  owner: allPermissions,
  admin: allPermissions,
  marketer: [
    ...reads.filter((name) => name !== 'audit:read'),
    'contacts:write',
    'contacts:import',
    'contacts:reveal',
    'consents:write',
    'templates:write',
    'campaigns:write',
    'campaigns:send',
  ],
  analyst: ['account:read', 'contacts:read', 'campaigns:read', 'templates:read'],
  dpo: [
    ...reads,
    'contacts:export',
    'contacts:delete',
    'contacts:reveal',
    'consents:write',
    'purposes:write',
  ],
  developer: [
    ...reads,
    'contacts:write',
    'contacts:import',
    'templates:write',
    'campaigns:write',
    'api-keys:manage',
  ],
} as const satisfies Record<string, readonly Permission[]>

export type Role = keyof typeof roles

export const allRoles = Object.keys(roles) as [Role, ...Role[]]

/** What a role, or an exact set when there is one, comes down to. */
export function permissionsOf(role: string | null, exact: readonly string[]): ReadonlySet<string> {
  if (exact.length > 0) return new Set(exact)
  return new Set<string>(role !== null && role in roles ? roles[role as Role] : [])
}
