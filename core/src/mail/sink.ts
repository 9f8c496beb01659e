/**
 * Where mail of test mode ends (docs/decisions/0036-test-keys.md): it is rendered, composed and signed as any other, and then handed to
 * nobody. There is no connection behind it, so there is no way for it to leave.
 */
import type { Mailer } from './mailer.ts'
import type { Sunk } from './outcome.ts'

export const sunk: Sunk = { kind: 'sink', code: null, enhancedCode: null }

/** The sink in place of the relay. */
export const sinkMailer: Mailer = {
  reserve: async (wanted) => wanted,
  release: () => undefined,
  send: async () => sunk,
  close: async () => undefined,
}

/** For one mail among others, which has taken a place at the relay: gives the place back. */
export function handToSink(mailer: Mailer): Sunk {
  mailer.release(1)
  return sunk
}
