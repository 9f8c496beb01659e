import type { Channel } from '@envoi/prisma'
import { normaliseEmail, normalisePhone } from '../contacts/normalise.ts'
import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import { invalid } from '../errors.ts'

/** An address in the form contacts have it, or 422 at the pointer. */
export function addressOf(channel: Channel, value: string, pointer: string): string {
  const result = channel === 'email' ? normaliseEmail(value) : normalisePhone(value)
  if (!result.ok) throw invalid(pointer, result.detail)
  if (result.value === null) throw invalid(pointer, 'is empty')
  return result.value
}

/** How a suppressed address is recognised once it is no longer held. */
export function addressFingerprint(
  context: Context,
  channel: Channel,
  address: string,
): Uint8Array<ArrayBuffer> {
  const kind = channel === 'email' ? 'email' : 'phone'
  return new Uint8Array(fingerprint(context.keys, context.accountId, kind, address))
}
