import type { RequestContext } from '../context.ts'
import type { Keys } from '../crypto/keys.ts'

/** A request for a new password, on its way to a job. */
export interface Reset extends Pick<RequestContext, 'requestId' | 'address' | 'userAgent' | 'action'> {
  /** Where the login is found, in hexadecimal: that of who has proven the address, else that of who has not. */
  lookup: string
  unproven: string
}

const use = 'password-reset'

export const sealReset = (keys: Keys, reset: Reset): string =>
  keys.seal(Buffer.from(JSON.stringify(reset)), use).toString('base64')

// written by sealReset: nobody else has the key
export const openReset = (keys: Keys, sealed: string): Reset =>
  JSON.parse(keys.open(Buffer.from(sealed, 'base64'), use).toString()) as Reset
