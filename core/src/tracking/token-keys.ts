import type { Keys } from '../crypto/keys.ts'
import { createTokenKeys, type TokenKeys } from './token.ts'

/** The keys of all tokens in messages and public pages. A new one is added here beside the old, which stays accepted. */
export function tokenKeysOf(keys: Keys): TokenKeys {
  return createTokenKeys(1, [[1, keys.derive('tokens:1')]])
}
