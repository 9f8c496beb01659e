import type { Permission } from './permissions.ts'

/**
 * Changes that lower a protection, by operation and place in its body, with the right that each of them needs besides that of the
 * operation: whoever may not see what is protected, or not govern it, does not take the protection away.
 */
export const lowering = {
  'fields.update': { '/specialCategory': 'contacts:reveal' },
  'account.update': {
    '/security/allowedIps': 'users:manage',
    '/security/requireTotp': 'users:manage',
    '/security/notifyLogins': 'users:manage',
    '/retention/audit': 'audit:read',
  },
} as const satisfies Record<string, Record<string, Permission>>

export type Lowering = typeof lowering

/** In words, for the description of an operation. */
export function loweringNote(operationId: string): string {
  const rights = Object.entries((lowering as Record<string, Record<string, string>>)[operationId] ?? {})
  if (rights.length === 0) return ''
  const each = rights.map(([pointer, right]) => `\`${pointer.slice(1).replaceAll('/', '.')}\` \`${right}\``)
  return ` To lower a protection you need the right to what it protects: ${each.join(', ')}.`
}
