import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'

/** By what a link knows the address that it was sent to, which it must not hold: 64 bits of its keyed fingerprint. */
export function addressMark(context: Pick<Context, 'keys' | 'accountId'>, email: string): string {
  return fingerprint(context.keys, context.accountId, 'email', email).toString('hex', 0, 8)
}

/**
 * Whether who holds a link reads the mailbox that the contact has now. Who does not may be anybody who was given the former
 * address, and may only say no (docs/decisions/0049). Links of before there were marks tell nothing, and count as such.
 */
export function speaksFor(
  context: Pick<Context, 'keys' | 'accountId'>,
  { address }: { address: string | null },
  contact: { email: string | null },
): boolean {
  return address !== null && contact.email !== null && addressMark(context, contact.email) === address
}
